"""How every text of this house ends."""


def signed(text, who):
    return f"{text} -- the {who}"
