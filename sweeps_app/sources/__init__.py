"""Where programs come from: folders under allowed roots, and git repositories under allowed addresses.

Checked when a program is registered and again when it is executed; standard library only, no Django.
"""
