package metrics

import (
	"context"
	"strings"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"postbag/subscribers"
	"postbag/subscribers/deliver"
)

// result is what became of a mail when an attempt ended.
type result string

const (
	accepted result = "accepted"
	deferred result = "deferred" // tried again later
	refused  result = "refused"  // for good
	inDoubt  result = "in-doubt" // the server may have it, and did not say so
)

// expected are the causes that each result has as a rule. Their counters are there from
// the beginning: a rate needs a zero to start from.
var expected = map[result][]subscribers.Cause{
	accepted: {subscribers.Accepted},
	deferred: {subscribers.MailboxFull, subscribers.SenderRefused, subscribers.TryLater, subscribers.NoConnection},
	refused: {subscribers.AddressRefused, subscribers.MailboxFull, subscribers.MessageRefused, subscribers.SenderRefused,
		subscribers.NotSendable, subscribers.Expired},
	inDoubt: {subscribers.NoAnswer, subscribers.WorkerLost},
}

// resultOf gives what a settled row came to; ok is false for one that was handed back
// without an attempt.
func resultOf(r deliver.Result) (is result, ok bool) {
	switch {
	case r.State == subscribers.Delivered:
		return accepted, true
	case r.State == subscribers.Failed:
		return refused, true
	case r.State == subscribers.Uncertain,
		r.State == subscribers.Deferred && (r.Cause == subscribers.NoAnswer || r.Cause == subscribers.WorkerLost):
		return inDoubt, true
	case r.State == subscribers.Deferred:
		return deferred, true
	}
	return "", false
}

// mails counts what this process settled. It is safe for concurrent use.
type mails struct {
	settled, received *prometheus.CounterVec

	mu      sync.Mutex
	to      map[int64]string // the domains of the rows that are on the wire, by id
	domains domains
}

// mostOnWire bounds the rows whose domains are kept: a run that was cut off leaves some.
const mostOnWire = 10_000

func newMails() *mails {
	m := &mails{
		settled: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "postbag_mails_settled_total",
			Help: "Attempts to mail an issue to a reader that ended in this process, by result and cause.",
		}, []string{"result", "cause"}),
		received: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "postbag_receiver_mails_settled_total",
			Help: "The same by receiving domain; small and late ones are \"other\".",
		}, []string{"domain", "result"}),
		to:      map[int64]string{},
		domains: newDomains(),
	}
	for is, causes := range expected {
		for _, c := range causes {
			m.settled.WithLabelValues(string(is), string(c))
		}
		m.received.WithLabelValues(otherDomain, string(is))
	}
	return m
}

// begun keeps where rows go until they are settled.
func (m *mails) begun(rows []subscribers.Delivery) {
	if len(rows) == 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, d := range rows {
		if len(m.to) >= mostOnWire {
			clear(m.to)
		}
		m.to[d.ID] = domainOf(d.Email)
	}
}

// ended counts results.
func (m *mails) ended(results []deliver.Result) {
	if len(results) == 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range results {
		domain := m.to[r.DeliveryID]
		delete(m.to, r.DeliveryID)
		is, ok := resultOf(r)
		if !ok {
			continue
		}
		m.settled.WithLabelValues(string(is), string(r.Cause)).Inc()
		m.received.WithLabelValues(m.domains.label(domain, is != deferred), string(is)).Inc()
	}
}

// lost counts rows that were on the wire of a worker that ended.
func (m *mails) lost(n int) {
	m.settled.WithLabelValues(string(inDoubt), string(subscribers.WorkerLost)).Add(float64(n))
}

func domainOf(email string) string {
	return strings.ToLower(email[strings.LastIndexByte(email, '@')+1:])
}

// Bounds of the domains that get a label of their own. A domain of one reader tells
// about that reader, and a list has thousands of domains.
const (
	ownLabelAfter = 10 // mails
	mostLabels    = 20
	mostCounted   = 10_000 // domains without a label whose mails are counted
	otherDomain   = "other"
)

// domains says which domains have a label of their own. One that has it keeps it: no
// counter ever falls.
type domains struct {
	labelled map[string]bool
	waiting  map[string]int // mails of those that have none
}

func newDomains() domains { return domains{labelled: map[string]bool{}, waiting: map[string]int{}} }

// label gives a domain's label for one more attempt, which counts as a mail if it ended
// for good.
func (d domains) label(domain string, counts bool) string {
	switch {
	case d.labelled[domain]:
		return domain
	case domain == "" || len(d.labelled) >= mostLabels:
		return otherDomain
	}
	n, known := d.waiting[domain]
	if n >= ownLabelAfter {
		delete(d.waiting, domain)
		d.labelled[domain] = true
		return domain
	}
	if counts && (known || len(d.waiting) < mostCounted) {
		d.waiting[domain] = n + 1
	}
	return otherDomain
}

// ledger is a ledger whose results are counted once they are stored.
type ledger struct {
	deliver.Ledger
	mails *mails
}

// Exchange counts what it settles. A result that the ledger did not take, of a row that
// another worker has by now, is counted too: the attempt was made.
func (l ledger) Exchange(ctx context.Context, x deliver.Exchange) (deliver.Exchanged, error) {
	done, err := l.Ledger.Exchange(ctx, x)
	if err == nil {
		l.mails.ended(x.Settle)
		l.mails.begun(done.Begun)
	}
	return done, err
}

// Recover counts the rows whose worker was lost.
func (l ledger) Recover(ctx context.Context, r deliver.Recovery) (int, error) {
	n, err := l.Ledger.Recover(ctx, r)
	if err == nil {
		l.mails.lost(n)
	}
	return n, err
}
