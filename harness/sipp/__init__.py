"""SIPp's scenarios turned into ours. Pure: a text in, a text out, and a list of what could not be converted.

    reading     the XML as a row of commands, each with its line
    templates   the messages in it: what kind, whose, with what
    converting  commands into steps of ours
    script      what comes of it, and how it is written: YAML with comments

SIPp says what is on the wire, byte by byte; our scenarios say what a phone does and what is to be expected. So a
request, the challenge to it and its answer become one step, and what our phones do by themselves is left out.
"""

from harness.sipp.converting import converted
from harness.sipp.reading import NotSipp, read
from harness.sipp.script import Lost, Script, written

__all__ = ["Lost", "NotSipp", "Script", "converted", "read", "written"]
