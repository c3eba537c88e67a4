"""The program in the child process: JSON lines in, SIP by PJSIP, JSON lines out.

It is a program of its own, and imports nothing of this project nor of its dependencies: PJSIP is under the GPL, and
whoever imports it becomes a combined work. Nothing but `ue_sim.pjsua.child` imports it, and text is all that crosses
the pipe. It has a process of its own for another reason too: PJSIP answers misuse with abort().
"""
