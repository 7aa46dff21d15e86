"""The yardsticks of throughput: what one would write without cnnsteps.

Nested loops and f-strings that read the same JSON and write every expansion as LaTeX; with `exact` the
numbers are fractions, so that 0.1 × 3 is 0.3 as it is with cnnsteps, without it they are Python's ints.
"""

import json
import sys
from fractions import Fraction


def bracketed(value: int | Fraction) -> str:
    return f"({value})" if value < 0 else f"{value}"


def main(source: str, target: str, numbers: str = "ints") -> None:
    number = Fraction if numbers == "exact" else int
    with open(source) as file:
        problem = json.load(file, parse_int=number, parse_float=number)
    image, kernel = problem["input"], problem["kernel"]
    with open(target, "w") as out:
        out.write("\\begin{align*}\n")
        for i in range(len(image) - len(kernel) + 1):
            for j in range(len(image[0]) - len(kernel[0]) + 1):
                terms = []
                total = number(0)
                for a in range(len(kernel)):
                    for b in range(len(kernel[0])):
                        x, w = image[i + a][j + b], kernel[a][b]
                        total += x * w
                        terms.append(f"{bracketed(x)} \\times {bracketed(w)}")
                out.write(f"  \\mathrm{{Val}}_{{[{i + 1},{j + 1}]}} &= {' + '.join(terms)} = {total} \\\\\n")
        out.write("\\end{align*}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
