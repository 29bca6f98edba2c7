package deliver

import (
	"time"

	"postbag/digest"
	"postbag/subscribers"
)

// Accepted is the outcome of a message that the server took.
func Accepted(r Reply) subscribers.Outcome {
	return subscribers.Outcome{Cause: subscribers.Accepted, Code: r.Code, Reply: CleanReply(r.Text)}
}

func (r *run) result(d subscribers.Delivery, state subscribers.DeliveryState, next time.Time, o subscribers.Outcome) Result {
	return Result{DeliveryID: d.ID, Fence: d.Fence, State: state, NextTry: next, At: r.sender.o.Clock.Now(), Outcome: o}
}

// handBack queues a row again whose message was not begun.
func (r *run) handBack(d subscribers.Delivery) Result {
	return r.result(d, subscribers.Queued, d.NextTry, d.Outcome)
}

// uncomposed fails a row whose message cannot be made.
func (r *run) uncomposed(d subscribers.Delivery, cause error) Result {
	words := CleanReply("the message could not be composed: " + cause.Error())
	r.job.Log.Error("a message cannot be composed", "to", subscribers.Mask(d.Email), "error", maskIn(cause.Error(), d.Email))
	r.refusals.refusal(d, digest.Pause{Cause: digest.PauseRefused, Detail: maskIn(words, d.Email)})
	return r.result(d, subscribers.Failed, time.Time{}, subscribers.Outcome{Cause: subscribers.NotSendable, Error: words})
}

// failure turns a failure into what becomes of the row. fresh tells that the
// connection had not carried anything before.
func (r *run) failure(d subscribers.Delivery, e *SendError, fresh bool) Result {
	r.log(d, e)
	switch e.Class {
	case Permanent:
		if e.aboutAddress() {
			r.refusals.addressRefused(d, maskIn(e.words(), d.Email))
		} else {
			r.refusals.refusal(d, e.pause(d.Email))
		}
		return r.result(d, subscribers.Failed, time.Time{}, e.outcome())
	case Temporary:
		res := r.later(d, e, subscribers.Deferred)
		if res.State == subscribers.Failed {
			r.refusals.failed(d)
		} else {
			r.refusals.took(d, false)
		}
		return res
	case SenderSide:
		return r.ours(d, e, fresh)
	}
	return r.inDoubt(d, e)
}

// slower puts a row back that was refused because too much was sent. That is never held
// against the address, however long it takes.
func (r *run) slower(d subscribers.Delivery, e *SendError, next time.Time) Result {
	r.log(d, e)
	r.refusals.took(d, false)
	o := e.outcome()
	o.Cause = subscribers.TryLater
	return r.result(d, subscribers.Queued, next, o)
}

// inDoubt applies the policy for a message that may have been taken.
func (r *run) inDoubt(d subscribers.Delivery, e *SendError) Result {
	state, next := r.sender.o.Ambiguous.InDoubt(subscribers.NoAnswer, d.Unanswered), time.Time{}
	if state == subscribers.Deferred {
		next = r.sender.o.Clock.Now().Add(r.sender.o.RetryAfterAmbiguous)
	}
	return r.result(d, state, next, e.outcome())
}

// ours deals with a failure that says nothing about the address. A message of
// which the server heard nothing but the sender is queued again.
func (r *run) ours(d subscribers.Delivery, e *SendError, fresh bool) Result {
	now := r.sender.o.Clock.Now()
	switch {
	case e.Passing:
		r.refusals.took(d, false)
	case !e.Lost():
		r.refusals.refusal(d, e.pause(d.Email))
	case e.Code == 421 && fresh:
		r.refusals.turnedAway(maskIn(e.words(), d.Email))
	}
	switch {
	case e.Stage == StageMail && e.Passing,
		e.Lost() && (e.Stage == StageMail || r.ctx.Err() != nil):
		return r.result(d, subscribers.Queued, now, e.outcome())
	case e.Stage == StageMail:
		next, again := r.nextTry(d, now)
		if !again {
			next = now.Add(delayAfter(now.Sub(d.FirstTry)))
		}
		return r.result(d, subscribers.Queued, next, e.outcome())
	case e.Stage == StageBody:
		return r.later(d, e, subscribers.Deferred)
	}
	return r.later(d, e, subscribers.Queued)
}

// later puts a row off by the schedule, or fails it when its time is over.
func (r *run) later(d subscribers.Delivery, e *SendError, state subscribers.DeliveryState) Result {
	next, again := r.nextTry(d, r.sender.o.Clock.Now())
	if !again {
		o := e.outcome()
		o.Cause = subscribers.Expired
		return r.result(d, subscribers.Failed, time.Time{}, o)
	}
	return r.result(d, state, next, e.outcome())
}

func (r *run) nextTry(d subscribers.Delivery, now time.Time) (time.Time, bool) {
	return retry(d.FirstTry, now, d.Attempts, r.sender.o.GiveUpAfter, r.sender.o.Jitter())
}

func (r *run) log(d subscribers.Delivery, e *SendError) {
	r.job.Log.Info("not taken", "to", subscribers.Mask(d.Email), "attempt", d.Attempts,
		"class", e.Class.String(), "stage", string(e.Stage), e.said(), maskIn(e.words(), d.Email))
}
