"""The gateway of a VAL system: all that another domain ever sees of it (figure 5.X.5-2, steps 3, 4, 5 and 8 to 10).

On its inner side it knows its own VAL server, on its outer side the gateways of partners, both by their certificates.
It reads each message and says it anew, so that nothing of an inner server gets out, nor anything that is no message in.
It keeps nothing: messages can be repeated, and it repeats them while there is time.
"""
