"""Prints the lines of the mapping table of the measurement: 300 machines, the first hundred moving in July."""


for at in range(300):
    machine = f"db-{at * 167 % 50000:06}"
    if at < 100:
        print(f'    {{ value = "{machine}", product = "p{at % 12:02}", valid_to = "2026-06" }},')
        print(f'    {{ value = "{machine}", product = "p{(at + 1) % 12:02}", valid_from = "2026-07" }},')
    else:
        print(f'    {{ value = "{machine}", product = "p{at % 12:02}" }},')
print("]")
