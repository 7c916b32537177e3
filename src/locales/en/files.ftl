refused-delegate-token = This token stands for a part of what its user may do and gives nothing on: sign in, or use a token that writes in the whole company
refused-language = There is no language "{ $text }"; there are en and zh-CN
