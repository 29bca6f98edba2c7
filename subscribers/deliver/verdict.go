package deliver

import (
	"strings"
	"time"

	"postbag/subscribers"
)

// InDoubt begins the words of a row whose message may have been taken although
// no answer came.
const InDoubt = "no answer came after the whole message was sent"

func (r *run) result(d subscribers.Delivery, state subscribers.DeliveryState, next time.Time, code int, words string) Result {
	return Result{
		DeliveryID: d.ID, Attempts: d.Attempts, State: state,
		NextTry: next, Code: code, Reply: words, At: r.e.o.Clock.Now(),
	}
}

// verdict turns a failure into what becomes of the row. fresh tells that the
// connection had not carried anything before.
func (r *run) verdict(d subscribers.Delivery, e *SendError, fresh bool) Result {
	r.log(d, e)
	switch e.Class {
	case Ambiguous:
		return r.doubtful(d, e)
	case Permanent:
		if e.aboutAddress() {
			r.tally.took(d, false)
		} else {
			r.tally.refusal(d, false, maskIn(e.words(), d.Email))
		}
		return r.result(d, subscribers.Failed, time.Time{}, e.Code, e.words())
	case Temporary:
		r.tally.took(d, false)
		return r.later(d, e, subscribers.Deferred)
	case SenderSide:
		return r.ours(d, e, fresh)
	}
	return r.doubtful(d, e)
}

// doubtful applies the policy for a message that may have been taken. It is
// sent once more; if that too ends in doubt, a person decides.
func (r *run) doubtful(d subscribers.Delivery, e *SendError) Result {
	words := CleanReply(InDoubt + ": " + e.words())
	if r.e.o.Ambiguous == HoldUncertain || strings.HasPrefix(d.Reply, InDoubt) {
		return r.result(d, subscribers.Uncertain, time.Time{}, e.Code, words)
	}
	return r.result(d, subscribers.Deferred, r.e.o.Clock.Now().Add(r.e.o.RetryAfterAmbiguous), e.Code, words)
}

// ours deals with a failure that says nothing about the address. A message of
// which the server heard nothing but the sender is handed back as it was.
func (r *run) ours(d subscribers.Delivery, e *SendError, fresh bool) Result {
	now := r.e.o.Clock.Now()
	switch words := maskIn(e.words(), d.Email); {
	case e.Passing:
		r.tally.took(d, false)
	case !e.Lost():
		r.tally.refusal(d, true, words)
	case e.Code == 421 && fresh:
		r.tally.turnedAway(words)
	}
	switch {
	case e.Stage == StageMail && e.Passing,
		e.Lost() && (e.Stage == StageMail || r.ctx.Err() != nil):
		return r.result(d, subscribers.Queued, now, e.Code, e.words())
	case e.Stage == StageMail:
		next, again := r.nextTry(d, now)
		if !again {
			next = now.Add(delayAfter(now.Sub(d.FirstTry)))
		}
		return r.result(d, subscribers.Queued, next, e.Code, e.words())
	case e.Stage == StageBody:
		return r.later(d, e, subscribers.Deferred)
	}
	return r.later(d, e, subscribers.Queued)
}

// later puts a row off by the schedule, or fails it when its time is over.
func (r *run) later(d subscribers.Delivery, e *SendError, state subscribers.DeliveryState) Result {
	next, again := r.nextTry(d, r.e.o.Clock.Now())
	if !again {
		return r.result(d, subscribers.Failed, time.Time{}, e.Code, CleanReply("given up: "+e.words()))
	}
	return r.result(d, state, next, e.Code, e.words())
}

func (r *run) nextTry(d subscribers.Delivery, now time.Time) (time.Time, bool) {
	return retry(d.FirstTry, now, d.Attempts, r.e.o.GiveUpAfter, r.e.o.Jitter())
}

func (r *run) log(d subscribers.Delivery, e *SendError) {
	r.e.o.Log.Info("not taken", "issue", d.IssueID, "to", subscribers.Mask(d.Email), "attempt", d.Attempts,
		"class", e.Class.String(), "stage", string(e.Stage), "reply", maskIn(e.words(), d.Email))
}
