"""Signs, by the character or command that is written for them."""

from __future__ import annotations

from cnnsteps.checking.notations import Row

TIMES = "1 {} 2 + 3 {} 4 = 14"
GONE = ""
"""What says nothing: spaces, sizes of brackets, colours."""

SIGNS = (
    *(
        Row(written, "*", TIMES.replace("{}", written))
        for written in (
            "*",
            "×",
            "·",
            "⋅",
            "∙",
            "•",
            "✕",
            "✖",
            "∗",
            "⨯",
            r"\times",
            r"\cdot",
            r"\ast",
            r"\*",
            "&times;",
            "&middot;",
        )
    ),
    Row("÷", "/", "6 ÷ 2 + 1 ÷ 4 = 3.25"),
    Row(r"\div", "/", r"(6 + 2) \div 4 = 2"),
    Row("∕", "/", "(6 + 2)∕4 = 2"),
    Row("⁄", "/", "(6 + 2)⁄4 = 2"),
    Row(r"\/", "/", r"(6 + 2) \/ 4 = 2"),
    Row("−", "-", "3×1 − 2×2 = −1"),
    Row("–", "-", "3×1 – 2×2 = –1"),
    Row("‐", "-", "3×1 ‐ 2×2 = ‐1"),
    Row("&minus;", "-", "3×1 &minus; 2×2 = &minus;1"),
    Row("＋", "+", "1×2 ＋ 3×4 = 14"),
    Row("－", "-", "3×4 － 1×2 = 10"),
    Row("（", "(", "（1×2）+（3×4）= 14"),
    Row("）", ")", "（1×2）+（3×4）= 14"),
    Row("，", ",", "max(1，4，5，8) = 8"),
    Row("、", ",", "max(1、4、5、8) = 8"),
    Row(r"\{", "(", r"\max\{1, 4, 5, 8\} = 8"),
    Row(r"\}", ")", r"\max\{1, 4, 5, 8\} = 8"),
    Row(r"\(", "$", r"\(1 \cdot 2 + 3 \cdot 4 = 14\)"),
    Row(r"\)", "$", r"\(1 \cdot 2 + 3 \cdot 4 = 14\)"),
    Row(r"\[", "$", r"\[1 \cdot 2 + 3 \cdot 4 = 14\]"),
    Row(r"\]", "$", r"\[1 \cdot 2 + 3 \cdot 4 = 14\]"),
    Row(r"\lbrace", "(", r"\max\lbrace 1, 4, 5, 8\rbrace = 8"),
    Row(r"\rbrace", ")", r"\max\lbrace 1, 4, 5, 8\rbrace = 8"),
    Row(r"\lbrack", "[", r"\lbrack 1 \cdot 2 \rbrack + 3 = 5"),
    Row(r"\rbrack", "]", r"\lbrack 1 \cdot 2 \rbrack + 3 = 5"),
    Row(r"\lfloor", "⌊", r"\lfloor 5 / 2 \rfloor + 1 = 3"),
    Row(r"\rfloor", "⌋", r"\lfloor 5 / 2 \rfloor + 1 = 3"),
    Row(r"\lceil", "⌈", r"\lceil 5 / 2 \rceil + 1 = 4"),
    Row(r"\rceil", "⌉", r"\lceil 5 / 2 \rceil + 1 = 4"),
    Row("＝", "=", "1×2 + 3×4 ＝ 14"),
    Row("==", "=", "assert 1*2 + 3*4 == 14"),
    Row("⇒", "→", "1×2 + 3×4 = 14 ⇒ 14"),
    Row("≃", "≈", "10/3 ≃ 3.33"),
    Row("≅", "≈", "10/3 ≅ 3.33"),
    Row("≒", "≈", "10/3 ≒ 3.33"),
    Row("~=", "≈", "10/3 ~= 3.33"),
    Row("∼", "≈", "10/3 ∼ 3.33"),
    Row(r"\approx", "≈", r"\frac{10}{3} \approx 3.33"),
    Row(r"\simeq", "≈", r"\frac{10}{3} \simeq 3.33"),
    Row(r"\cong", "≈", r"\frac{10}{3} \cong 3.33"),
    Row(r"\thickapprox", "≈", r"\frac{10}{3} \thickapprox 3.33"),
    Row("&asymp;", "≈", "10/3 &asymp; 3.33"),
    Row(r"\frac", "F", r"\frac{1 + 4 + 5 + 8}{4} = 4.5"),
    Row(r"\dfrac", "F", r"\dfrac{1 + 4 + 5 + 8}{4} = 4.5"),
    Row(r"\tfrac", "F", r"\tfrac{1}{4}(1 + 4 + 5 + 8) = 4.5"),
    Row(r"\cfrac", "F", r"\cfrac{1 + 4 + 5 + 8}{4} = 4.5"),
    Row(r"\over", "over", r"{1 + 4 + 5 + 8 \over 4} = 4.5"),
    Row(r"\sqrt", "√", r"\sqrt{9 + 16} = 5"),
    Row("√", "√", "√(9 + 16) = 5"),
    Row(r"\rightarrow", "→", r"3 - 5 = -2 \rightarrow 0"),
    Row(r"\to", "→", r"3 - 5 = -2 \to 0"),
    Row(r"\Rightarrow", "→", r"1 + 2 + 3 = 6 \Rightarrow 6"),
    Row("->", "→", "3 - 5 = -2 -> 0"),
    Row("=>", "→", "3 - 5 = -2 => 0"),
    Row(r"\implies", "→", r"1 + 2 + 3 = 6 \implies 6"),
    Row(r"\longrightarrow", "→", r"3 - 5 = -2 \longrightarrow 0"),
    Row(r"\mapsto", "→", r"3 - 5 = -2 \mapsto 0"),
    Row(r"\dots", "…", r"1\cdot 2 + \dots + 3 \cdot 4 = 20"),
    Row(r"\ldots", "…", r"1\cdot 2 + \ldots + 3 \cdot 4 = 20"),
    Row(r"\cdots", "…", r"1\cdot 2 + \cdots + 3 \cdot 4 = 20"),
    Row("...", "…", "1*2 + ... + 3*4 = 20"),
    Row("⋯", "…", "1*2 + ⋯ + 3*4 = 20"),
    *(
        Row(written, GONE, rf"Y_{{1,1}} {written} = 1 \cdot 2 + 3 \cdot 4 {written} = 14")
        for written in (
            r"\left.",
            r"\right.",
            r"\displaystyle",
            r"\textstyle",
            r"\limits",
            r"\nonumber",
            r"\notag",
            r"\!",
            "&",
            r"\,",
            r"\;",
            r"\:",
            r"\quad",
            r"\qquad",
            r"\ ",
            r"\thinspace",
            r"\hfill",
            "{}",
            r"\noindent",
            r"\small",
            r"\bf",
            r"\rm",
            "&nbsp;",
        )
    ),
    *(
        Row(written, GONE, rf"{written}(1 \cdot 2 + 3) \cdot 4 = 20")
        for written in (
            r"\left",
            r"\bigl",
            r"\big",
            r"\Big",
            r"\Bigl",
            r"\bigg",
            r"\biggl",
        )
    ),
    *(
        Row(written, GONE, rf"(1 \cdot 2 + 3{written}) \cdot 4 = 20")
        for written in (r"\right", r"\bigr", r"\Bigr", r"\biggr")
    ),
)

WRAPPERS = tuple(
    Row(written, GONE, rf"{written}{{Y}}_{{1,1}} = 1 \cdot 2 + 3 \cdot 4 = {written}{{14}}")
    for written in (
        r"\mathbf",
        r"\mathrm",
        r"\mathit",
        r"\mathsf",
        r"\mathtt",
        r"\boldsymbol",
        r"\bm",
        r"\textbf",
        r"\textit",
        r"\emph",
        r"\text",
        r"\operatorname",
        r"\boxed",
        r"\fbox",
        r"\underline",
        r"\hl",
        r"\mbox",
        r"\underbrace",
        r"\overbrace",
        r"\texttt",
        r"\ensuremath",
    )
)
"""Commands whose braces hold what they are about."""

ASIDES = tuple(
    Row(written, GONE, rf"1 \cdot 2 + 3 \cdot 4 = 14 {written}{{3}}")
    for written in (
        r"\tag",
        r"\label",
        r"\vspace",
        r"\hspace",
        r"\phantom",
        r"\vphantom",
        r"\hphantom",
        r"\footnote",
        r"\cite",
        r"\ref",
        r"\color",
    )
)
"""Commands whose braces hold what belongs to no sum."""
