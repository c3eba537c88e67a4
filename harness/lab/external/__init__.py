"""Parts of a lab that are not ours: somebody's VAL server, core, identity server or phone in the place of one of ours.

`harness.plans.elsewhere` has what a lab's file says of them. `probing` waits until they answer; `servers`, `identity`
and `phone` stand for them in the lab. What cannot be seen of them is not guessed: it is `NotObservable`.
"""
