"""What only a private index has: text in, a token of its letters out."""


def mint(seed):
    return "acme-" + seed[::-1]
