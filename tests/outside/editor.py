"""A small editor of the whole screen, for tests of terminals: what is typed, cursor keys, the terminal's size in the last row, and
Ctrl-Q, which leaves. It uses the alternate screen, as vi does, and addresses the cursor."""

import curses


def draw(screen, text, at):
    rows, columns = screen.getmaxyx()
    screen.erase()
    screen.addnstr(0, 0, "EDITOR ".ljust(columns, "="), columns)
    for number, line in enumerate("".join(text).split("\n")):
        screen.addnstr(2 + number, 0, line, columns)
    screen.addnstr(rows - 1, 0, f"size {columns}x{rows} end", columns - 1)
    before = "".join(text[:at])
    screen.move(2 + before.count("\n"), len(before.rsplit("\n", 1)[-1]))
    screen.refresh()


def main(screen):
    curses.raw()
    text, at = [], 0
    while True:
        draw(screen, text, at)
        key = screen.get_wch()
        if key == "\x11":
            return
        if key == curses.KEY_RESIZE:
            curses.update_lines_cols()
        elif key == curses.KEY_LEFT:
            at = max(0, at - 1)
        elif key == curses.KEY_RIGHT:
            at = min(len(text), at + 1)
        elif key == curses.KEY_BACKSPACE or key in ("\x7f", "\b"):
            del text[max(0, at - 1):at]
            at = max(0, at - 1)
        elif isinstance(key, str):
            text.insert(at, "\n" if key in ("\r", "\n") else key)
            at += 1


curses.wrapper(main)
