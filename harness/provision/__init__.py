"""One provisioning for all SEAL servers (IDM-15): users, services, profiles, groups and keys, from one file.

`plan` is what the file says, `consistency` whether it makes sense, `desks` the way to each server, `applying` carries
it out: only what is not there yet, or otherwise, so that it can be asked for again and again.
"""
