package main

import (
	"context"

	"postbag/digest"
)

// notHeld refuses to send while sending is held.
func (a *app) notHeld(ctx context.Context) error {
	since, err := a.db.HeldSince(ctx)
	if err == nil && !since.IsZero() {
		err = digest.Fail(digest.Conflict, "See what waits with: postbag sending. Then let it go on with: postbag sending release",
			"sending is held since %s UTC", when(since))
	}
	return err
}

// warnOfHold says loudly that nothing is sent.
func (a *app) warnOfHold(ctx context.Context) error {
	held, err := a.db.Held(ctx, a.p.Clock.Now())
	if err == nil && !held.Since.IsZero() {
		a.log.Warn("SENDING IS HELD: nothing is published or mailed; see postbag sending", "since", held.Since, "reason", held.Reason)
	}
	return err
}

// isHeld tells whether the worker must not send, and says so once in its log.
func (w *worker) isHeld(ctx context.Context) (bool, error) {
	const key = "held"
	since, err := w.db.HeldSince(ctx)
	if err != nil {
		return false, err
	}
	held := !since.IsZero()
	w.mu.Lock()
	said := w.warned[key]
	w.warned[key] = held
	w.mu.Unlock()
	switch {
	case held && !said:
		w.log.Warn("sending is held; see postbag sending", "since", since)
	case !held && said:
		w.log.Info("sending goes on")
	}
	return held, nil
}
