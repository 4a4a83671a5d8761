"""What stands in the operator's way, said in Chinese and in English with the way out."""


class Trouble(Exception):
    """Do what the message says, then try again. ``said`` is what the program that failed had to say."""

    def __init__(self, chinese: str, english: str, *, said: str = "") -> None:
        super().__init__("\n".join(part for part in (chinese, english, said) if part))
        self.chinese = chinese
        self.english = english
        self.said = said
