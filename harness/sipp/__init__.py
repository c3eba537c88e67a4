"""SIPp's scenarios turned into ours. Pure: a text in, a text out, and a list of what could not be converted.

    reading     the XML as a row of commands, each with its line
    flow        the one way through them, and attributes that say more than we can
    templates   the messages in it: what kind, whose, with what
    phones      whose phones these are, with their keys
    headers     which header fields they are told to send
    requests    requests as steps of ours
    checks      what <ereg> checks, as our expectations ask for it
    converting  each command in its turn; `course` is how far that has come
    script      what comes of it, and how it is written: YAML with comments

SIPp says what is on the wire, byte by byte; our scenarios say what a phone does and what is to be expected. So a
request, the challenge to it and its answer become one step, and what our phones do by themselves is left out.
"""

from harness.sipp.converting import converted
from harness.sipp.reading import NotSipp, read
from harness.sipp.script import Lost, Script, written

__all__ = ["Lost", "NotSipp", "Script", "converted", "read", "written"]
