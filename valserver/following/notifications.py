"""What a NOTIFY tells: the registration goes on, or is over, or the subscription is (RFC 3680, RFC 6665). Pure."""

from attrs import evolve

from valkit import reginfo
from valkit.ids import Ids
from valkit.sip import ParseError, Request
from valkit.sip.dialog import Dialog
from valkit.sip.subscription import PENDING, SubscriptionState
from valserver.following.subscriptions import (
    FIRST_PAUSE,
    PACKAGE,
    SILENCE,
    Phase,
    Step,
    Watch,
    again,
    failed,
    refresh,
    refused,
    runs_out,
    saying,
)


def notified(watch: Watch, notify: Request, ids: Ids, now: float) -> Step:
    """Take a NOTIFY with the Call-ID of this subscription; raises ParseError for what is none, or out of order."""
    dialog = _dialog(watch, notify)
    if dialog is None:
        return Step(watch, answer=notify.answer(481))
    if notify.event is None or notify.event.package != PACKAGE:
        return Step(watch, answer=notify.answer(489, headers=[("Allow-Events", PACKAGE)]))
    state, told = _read(notify)
    watch = evolve(watch, dialog=dialog)
    if state.expires is not None:
        watch = evolve(watch, until=runs_out(state.expires, watch.asked, now))
    step = Step(watch)
    if watch.phase is Phase.LEAVING:
        step = Step(None if state.ended else evolve(watch, due=min(watch.due, now + SILENCE)))
    else:
        if told is not None and state.state != PENDING:
            step = _told(watch, told, ids, now)
        if state.ended:
            step = _over(step, state, ids, now)
    return evolve(step, answer=notify.answer(200))


def _dialog(watch: Watch, notify: Request) -> Dialog | None:
    """Give the dialog after a NOTIFY, which may make it before the 2xx does (RFC 6665 4.4.1); None if it has none."""
    if watch.dialog is not None:
        return watch.dialog.taking(notify) if watch.dialog.has(notify) else None
    if watch.asked is not None and notify.to.tag == watch.asked.from_.tag:
        return Dialog.notified(watch.asked, notify)
    return None


def _read(notify: Request) -> tuple[SubscriptionState, reginfo.RegInfo | None]:
    try:
        state = SubscriptionState.parse(notify.headers.get("Subscription-State") or "")
        return state, reginfo.read(notify.body) if notify.body else None
    except reginfo.Unreadable as error:
        raise notify.fault("content-type", ParseError("body", why=str(error), answer=400)) from None
    except ParseError as error:
        raise notify.fault("Subscription-State", error) from None


def _told(watch: Watch, told: reginfo.RegInfo, ids: Ids, now: float) -> Step:
    """Take a document: the registration goes on, or is over, or all is to be told once more."""
    view = watch.view.heard(told)
    if view is watch.view:  # NOTIFYs come in order, so one of two versions was wrong: another subscription tells which
        return failed(watch, f"version {told.version} of its documents came after {watch.view.version}", ids, now)
    known = told.full or watch.told
    over = view.over(watch.impu) if known else ""
    standing = evolve(watch, view=view, told=True, due=refresh(watch.until, now, ids))
    if over and now - watch.heard_at < SILENCE and not (watch.doubted and told.full):
        return Step(evolve(standing, doubted=True, due=watch.due if watch.doubted else now))
    if not view.whole or not known:
        standing = evolve(standing, due=now)
    followed, events = saying(evolve(standing, doubted=False), "followed", "reg event")
    return Step(followed, ended=over) if over else Step(followed, events=events)


def _over(step: Step, state: SubscriptionState, ids: Ids, now: float) -> Step:
    """Let a subscription that the notifier has ended begin again, when its reason allows that (RFC 6665 4.1.3)."""
    watch = step.watch
    if watch is None:
        return step
    if step.ended:  # whoever cannot be unbound now is heard of again
        return evolve(step, watch=again(watch, ids, now + FIRST_PAUSE))
    if watch.doubted or (state.reason in {"deactivated", "timeout"} and not watch.failures):
        return Step(evolve(again(watch, ids, now), failures=1, doubted=watch.doubted), events=step.events)
    cause = f"the subscription was ended: {state.reason or 'no reason given'}"
    if state.reason in {"rejected", "noresource"}:
        return refused(watch, cause)
    return failed(watch, cause, ids, now, state.retry_after or 0)
