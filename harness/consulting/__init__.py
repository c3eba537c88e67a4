"""What the commands that explain and judge share: what a user hands them, made into facts; and what they say.

opening  a file from its beginning on: on a disk, piped, packed by gzip; a folder as the captures in it
files    a file is told by what is in it: a capture, settings of ours, filter criteria, a token, a text with SIP
secrets  a key on the command line, in a file, on standard input, or typed unseen
given    parameters into facts
consulted  all of it together, for the diagnoses
said     findings as lines and as JSON; the page of all diagnoses
"""
