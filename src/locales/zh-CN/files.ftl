refused-delegate-token = 此令牌只代表其用户的部分权限，不能转授：请登录后操作，或使用全公司可写的令牌
refused-language = 没有语言“{ $text }”，可用 en 和 zh-CN
