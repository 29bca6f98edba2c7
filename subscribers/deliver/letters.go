package deliver

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"postbag/digest"
	"postbag/subscribers"
	"postbag/subscribers/letters"
)

// LetterQueue is the queue of all single letters. Every method is one transaction
// and is durable when it returns.
type LetterQueue interface {
	// ClaimLetters claims letters that are due, confirmations first, then the oldest
	// first, and counts them against c.Rate, for which none waits. Before that it
	// takes back those of processes that are no workers any more,
	// and of c.Worker, which works on none: claimed ones are queued again,
	// those that were begun are tried again at c.Retry.
	ClaimLetters(ctx context.Context, c LetterClaim) ([]subscribers.Letter, error)
	// BeginLetter counts the attempt and gives a claimed letter as it is now; ok is
	// false when it is not the caller's any more, or is held back.
	BeginLetter(ctx context.Context, l subscribers.Letter) (begun subscribers.Letter, ok bool, err error)
	// SettleLetter queues a letter again until r.NextTry if r.State is queued, else
	// removes it. It is taken only under the fence of the newest claim.
	SettleLetter(ctx context.Context, r LetterResult) error
}

// LetterClaim is what [LetterQueue.ClaimLetters] is asked.
type LetterClaim struct {
	Worker     int64 // the asking worker; 0 for a process that is none
	Most       int
	Now, Retry time.Time
	Rate       Rate
}

// LetterResult is what became of one claimed letter.
type LetterResult struct {
	LetterID int64
	Fence    int
	State    subscribers.DeliveryState // queued, sent, failed or cancelled
	NextTry  time.Time
	subscribers.Outcome
}

// LetterOptions are what a [LetterSender] works with. Queue, Transport, Clock,
// From and Write must be set.
type LetterOptions struct {
	Queue     LetterQueue
	Transport Transport
	Clock     digest.Clock
	Log       *slog.Logger                    // default: none
	From      func(subscribers.Letter) string // gives the envelope sender
	// Write makes the message of a letter, the same bytes in every try.
	Write func(letters.Kind, subscribers.Letter) ([]byte, error)
	// Grace is how long a letter on the wire may take once the program stops, as for
	// [Options.Grace]; default five seconds.
	Grace  time.Duration
	Jitter func() float64 // from [0, 1); default random
	// Rate is that of the issues. Letters go first and count.
	Rate Rate
}

// LetterSender sends single letters.
type LetterSender struct {
	o     LetterOptions
	kinds map[subscribers.LetterKind]letters.Kind
}

const (
	lettersAtOnce = 20
	// What is left of a batch after this is handed back: another worker may take it,
	// and a confirmation that was asked for meanwhile goes before it.
	lettersTime = 15 * time.Second
	// A letter in doubt, or whose server is away, is tried again after this.
	letterAgain = time.Minute
)

// NewLetterSender makes a sender and fills in the defaults.
func NewLetterSender(o LetterOptions) *LetterSender {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Jitter == nil {
		o.Jitter = rand.Float64
	}
	if o.Grace <= 0 {
		o.Grace = 5 * time.Second
	}
	s := &LetterSender{o: o, kinds: map[subscribers.LetterKind]letters.Kind{}}
	for _, k := range letters.Kinds() {
		s.kinds[k.Name] = k
	}
	return s
}

// Send sends every letter that is due over one connection and tells how many went
// out. It connects only when there is something to send. An error of kind
// Unavailable is the mail server's; the letters then wait for a minute or more.
//
// The worker is this process among those that share the queue, nil for one that
// is alone. A worker that lost its lease sends nothing more.
func (s *LetterSender) Send(ctx context.Context, worker Worker) (int, error) {
	if worker == nil {
		worker = alone{}
	}
	r := &letterRun{LetterSender: s, worker: worker}
	var stopWire, stopDB context.CancelFunc
	r.wire, stopWire = outlive(ctx, s.o.Grace)
	defer stopWire()
	r.db, stopDB = outlive(ctx, s.o.Grace+settleTime)
	defer stopDB()
	defer r.hangUp()
	for ctx.Err() == nil && worker.Valid() {
		now := s.o.Clock.Now()
		batch, err := s.o.Queue.ClaimLetters(ctx, LetterClaim{Worker: worker.ID(), Most: lettersAtOnce, Now: now, Retry: now.Add(letterAgain), Rate: s.o.Rate})
		if err != nil {
			return r.sent, fmt.Errorf("claim letters: %w", err)
		}
		if len(batch) == 0 {
			return r.sent, nil
		}
		if err := r.send(ctx, batch); err != nil {
			return r.sent, fmt.Errorf("send letters: %w", err)
		}
	}
	return r.sent, ctx.Err()
}

// letterRun is one call of Send.
type letterRun struct {
	*LetterSender
	worker  Worker
	wire    context.Context // for the letter on the wire: outlives the call's a little
	db      context.Context // for settling: outlives wire
	conn    Conn
	carried bool // conn has had a message taken
	sent    int
}

func (r *letterRun) hangUp() {
	if r.conn == nil {
		return
	}
	if err := r.conn.Close(); err != nil {
		r.o.Log.Debug("closing a connection", "error", err)
	}
	r.conn, r.carried = nil, false
}

// send sends a batch. What it does not come to is handed back.
func (r *letterRun) send(ctx context.Context, batch []subscribers.Letter) error {
	var trouble error
	began := r.o.Clock.Now()
	for i, l := range batch {
		var err error
		switch {
		case trouble != nil:
			err = r.again(l, r.o.Clock.Now().Add(letterAgain), l.Outcome)
		case ctx.Err() != nil || !r.worker.Valid(), i > 0 && r.o.Clock.Now().Sub(began) > lettersTime:
			err = r.again(l, l.NextTry, l.Outcome)
		default:
			trouble = r.one(ctx, l)
		}
		if err != nil {
			return first(trouble, err)
		}
	}
	return trouble
}

// one sends one letter and settles it. Its error ends the run.
func (r *letterRun) one(ctx context.Context, claimed subscribers.Letter) error {
	l, ok, err := r.o.Queue.BeginLetter(r.db, claimed)
	if err != nil || !ok {
		return err
	}
	kind, known := r.kinds[l.Kind]
	if !known || !kind.MaySend(l, r.o.Clock.Now()) {
		return r.settle(l, subscribers.Cancelled, subscribers.Outcome{Cause: subscribers.Expired})
	}
	msg, err := r.o.Write(kind, l)
	if err != nil {
		return r.unwritten(kind, l, err)
	}
	reply, e := r.hand(ctx, l, msg)
	if e != nil && e.Lost() && e.Stage == StageMail && r.carried {
		// The server has had enough of this connection, not of us.
		r.hangUp()
		reply, e = r.hand(ctx, l, msg)
	}
	if e == nil {
		r.sent++
		r.carried = true
		return r.settle(l, subscribers.Delivered, Accepted(reply))
	}
	if e.Broken {
		r.hangUp()
	}
	r.log(slog.LevelInfo, "a letter was not taken", l, e)
	if e.Class == Permanent {
		return r.settle(l, subscribers.Failed, e.outcome())
	}
	return r.later(kind, l, e)
}

// hand connects if need be and hands one message over.
func (r *letterRun) hand(ctx context.Context, l subscribers.Letter, msg []byte) (Reply, *SendError) {
	if r.conn == nil {
		conn, err := r.o.Transport.Connect(ctx)
		if err != nil {
			return Reply{}, asSendError(err)
		}
		r.conn = conn
	}
	reply, err := r.conn.Send(r.wire, Envelope{From: r.o.From(l), To: l.Email}, msg)
	if err != nil {
		return Reply{}, asSendError(err)
	}
	return reply, nil
}

// unwritten puts a letter off that cannot be written, for as long as it may be
// sent: what it is made of may be out of reach for a moment. One that can never be
// written is removed.
func (r *letterRun) unwritten(kind letters.Kind, l subscribers.Letter, cause error) error {
	o := subscribers.Outcome{Cause: subscribers.NotSendable, Error: CleanReply(cause.Error())}
	r.o.Log.Error("a letter cannot be written", "kind", string(l.Kind), "to", subscribers.Mask(l.Email), "attempt", l.Attempts, "error", maskIn(cause.Error(), l.Email))
	if digest.KindOf(cause) == digest.Invalid {
		return r.settle(l, subscribers.Failed, o)
	}
	now := r.o.Clock.Now()
	next, _ := retry(l.CreatedAt, now, l.Attempts, kind.Life, r.o.Jitter())
	return r.again(l, soonAtFirst(l, now, next), o)
}

// soonAtFirst brings a retry forward while a letter is young: somebody waits for
// it, and nothing is wrong with the address. next may be zero.
func soonAtFirst(l subscribers.Letter, now, next time.Time) time.Time {
	delay := letterAgain << min(max(l.Attempts-1, 0), 6)
	if soon := now.Add(delay); next.IsZero() || soon.Before(next) {
		return soon
	}
	return next
}

// later puts a letter off by the schedule or gives it up. The sender's own trouble
// ends the run; it is not held against the letter before the time is over.
func (r *letterRun) later(kind letters.Kind, l subscribers.Letter, e *SendError) error {
	now := r.o.Clock.Now()
	next, again := retry(l.CreatedAt, now, l.Attempts, kind.Life, r.o.Jitter())
	o := e.outcome()
	if e.Class == SenderSide || e.Class == Ambiguous {
		next = soonAtFirst(l, now, next)
	}
	var err error
	if again {
		err = r.again(l, next, o)
	} else {
		r.log(slog.LevelWarn, "a letter is given up", l, e)
		o.Cause = subscribers.Expired
		err = r.settle(l, subscribers.Failed, o)
	}
	if err == nil && e.Class == SenderSide {
		return unavailable(e.masked(l.Email))
	}
	return err
}

func (r *letterRun) log(level slog.Level, what string, l subscribers.Letter, e *SendError) {
	r.o.Log.Log(r.db, level, what, "kind", string(l.Kind), "to", subscribers.Mask(l.Email), "attempt", l.Attempts,
		"class", e.Class.String(), "stage", string(e.Stage), e.said(), maskIn(e.words(), l.Email))
}

// again queues a letter once more.
func (r *letterRun) again(l subscribers.Letter, next time.Time, o subscribers.Outcome) error {
	return r.o.Queue.SettleLetter(r.db, LetterResult{LetterID: l.ID, Fence: l.Fence, State: subscribers.Queued, NextTry: next, Outcome: o})
}

// settle removes a letter. It outlives the end of the call's context, so that one
// that went out is not sent again because the program stops.
func (r *letterRun) settle(l subscribers.Letter, state subscribers.DeliveryState, o subscribers.Outcome) error {
	return r.o.Queue.SettleLetter(r.db, LetterResult{LetterID: l.ID, Fence: l.Fence, State: state, Outcome: o})
}
