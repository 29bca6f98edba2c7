package deliver

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"postbag/digest"
	"postbag/subscribers"
)

// NoticeOptions are what a [NoticeRunner] works with. Queue, Transport, Clock,
// From and Compose must be set.
type NoticeOptions struct {
	Queue     Notices
	Transport Transport
	Clock     digest.Clock
	Log       *slog.Logger // default: none
	From      string       // the envelope sender
	// Compose makes the message of a notice, the same bytes in every try.
	Compose     func(Notice) ([]byte, error)
	GiveUpAfter time.Duration  // default two days
	Jitter      func() float64 // from [0, 1); default random
}

// NoticeRunner sends single mails: confirmations.
type NoticeRunner struct{ o NoticeOptions }

const (
	noticeBatch = 20
	// A claimed notice is put off this long: longer than a batch takes, so that
	// a crash does not send it twice at once.
	noticeClaim = 15 * time.Minute
	noticeAgain = time.Minute
	// So long may a notice on the wire take once the program stops.
	noticeGrace = 5 * time.Second
)

// NewNoticeRunner makes a runner and fills in the defaults.
func NewNoticeRunner(o NoticeOptions) *NoticeRunner {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.GiveUpAfter <= 0 {
		o.GiveUpAfter = 48 * time.Hour
	}
	if o.Jitter == nil {
		o.Jitter = rand.Float64
	}
	return &NoticeRunner{o: o}
}

// Send sends every notice that is due over one connection and tells how many
// went out. It connects only when there is something to send. An error of kind
// Unavailable is the mail server's; the notices then wait for a minute or more.
//
// The worker is this process among those that share the queue, nil for one that
// has it to itself. A process that lost its place sends nothing more: by then
// another may have claimed the same notices.
func (n *NoticeRunner) Send(ctx context.Context, worker Worker) (int, error) {
	if worker == nil {
		worker = alone{}
	}
	s := &noticeSession{NoticeRunner: n, worker: worker}
	var stopWire, stopDB context.CancelFunc
	s.wire, stopWire = outlive(ctx, noticeGrace)
	defer stopWire()
	s.db, stopDB = outlive(ctx, noticeGrace+settleTime)
	defer stopDB()
	defer s.hangUp()
	for ctx.Err() == nil && worker.Valid() {
		now := n.o.Clock.Now()
		batch, err := n.o.Queue.ClaimNotices(ctx, noticeBatch, now, now.Add(noticeClaim))
		if err != nil {
			return s.sent, fmt.Errorf("claim notices: %w", err)
		}
		if len(batch) == 0 {
			return s.sent, nil
		}
		if err := s.send(ctx, batch); err != nil {
			return s.sent, fmt.Errorf("send notices: %w", err)
		}
	}
	return s.sent, ctx.Err()
}

// noticeSession is one call of Send.
type noticeSession struct {
	*NoticeRunner
	worker  Worker
	wire    context.Context // for the notice on the wire: outlives the call's a little
	db      context.Context // for settling: outlives wire
	conn    Conn
	carried bool // conn has had a message taken
	sent    int
}

func (s *noticeSession) hangUp() {
	if s.conn == nil {
		return
	}
	if err := s.conn.Close(); err != nil {
		s.o.Log.Debug("closing a connection", "error", err)
	}
	s.conn, s.carried = nil, false
}

// send sends a batch. What it does not come to is handed back for soon.
func (s *noticeSession) send(ctx context.Context, batch []Notice) error {
	var trouble error
	for _, n := range batch {
		now := s.o.Clock.Now()
		var err error
		switch {
		case trouble != nil:
			err = s.settle(n, now.Add(noticeAgain), "waiting for the mail server")
		case ctx.Err() != nil:
			err = s.settle(n, now, "told to stop before it was sent")
		case !s.worker.Valid():
			err = s.settle(n, now, "another process goes on with it")
		default:
			trouble = s.one(ctx, n)
		}
		if err != nil {
			return first(trouble, err)
		}
	}
	return trouble
}

// one sends one notice and settles it. Its error ends the session.
func (s *noticeSession) one(ctx context.Context, n Notice) error {
	msg, err := s.o.Compose(n)
	if err != nil {
		return s.uncomposed(n, err)
	}
	reply, e := s.hand(ctx, n, msg)
	if e != nil && e.Lost() && e.Stage == StageMail && s.carried {
		// The server has had enough of this connection, not of us.
		s.hangUp()
		reply, e = s.hand(ctx, n, msg)
	}
	if e == nil {
		s.sent++
		s.carried = true
		return s.settle(n, time.Time{}, CleanReply(reply.Text))
	}
	if e.Broken {
		s.hangUp()
	}
	s.o.Log.Info("notice not taken", "to", subscribers.Mask(n.Email), "class", e.Class.String(), "stage", string(e.Stage), "reply", maskIn(e.words(), n.Email))
	if e.Class == Permanent {
		return s.settle(n, time.Time{}, e.words())
	}
	return s.later(n, e)
}

// hand connects if need be and hands one message over.
func (s *noticeSession) hand(ctx context.Context, n Notice, msg []byte) (Reply, *SendError) {
	if s.conn == nil {
		conn, err := s.o.Transport.Connect(ctx)
		if err != nil {
			return Reply{}, asSendError(err)
		}
		s.conn = conn
	}
	reply, err := s.conn.Send(s.wire, Envelope{From: s.o.From, To: n.Email}, msg)
	if err != nil {
		return Reply{}, asSendError(err)
	}
	return reply, nil
}

// uncomposed puts a notice off whose message cannot be made, for as long as its
// confirmation is good: what it is made of may be out of reach for a moment. One
// that can never be made is removed.
func (s *noticeSession) uncomposed(n Notice, cause error) error {
	words := CleanReply("could not be composed: " + cause.Error())
	s.o.Log.Error("a notice cannot be composed", "notice", n.ID, "attempt", n.Attempts, "error", maskIn(cause.Error(), n.Email))
	if digest.KindOf(cause) == digest.Invalid {
		return s.settle(n, time.Time{}, words)
	}
	now := s.o.Clock.Now()
	next, _ := retry(n.CreatedAt, now, n.Attempts, s.o.GiveUpAfter, s.o.Jitter())
	return s.settle(n, soonAtFirst(n, now, next), words)
}

// soonAtFirst brings a retry forward while a notice is young: somebody waits for
// it, and nothing is wrong with the address. next may be zero.
func soonAtFirst(n Notice, now, next time.Time) time.Time {
	delay := noticeAgain << min(max(n.Attempts-1, 0), 6)
	if soon := now.Add(delay); next.IsZero() || soon.Before(next) {
		return soon
	}
	return next
}

// later puts a notice off by the schedule or gives it up. The sender's own
// trouble ends the session; it is not held against the notice before the time
// is over.
func (s *noticeSession) later(n Notice, e *SendError) error {
	now := s.o.Clock.Now()
	next, again := retry(n.CreatedAt, now, n.Attempts, s.o.GiveUpAfter, s.o.Jitter())
	words := e.words()
	switch {
	case !again:
		next, words = time.Time{}, CleanReply("given up: "+words)
		s.o.Log.Warn("a notice is given up", "to", subscribers.Mask(n.Email), "reply", maskIn(words, n.Email))
	case e.Class == SenderSide || e.Class == Ambiguous:
		next = soonAtFirst(n, now, next)
	}
	if err := s.settle(n, next, words); err != nil {
		return err
	}
	if e.Class == SenderSide {
		return unavailable(e.masked(n.Email))
	}
	return nil
}

// settle outlives the end of the call's context, so that a mail that went out is
// not sent again because the program stops.
func (s *noticeSession) settle(n Notice, next time.Time, reply string) error {
	return s.o.Queue.SettleNotice(s.db, n, next, reply)
}
