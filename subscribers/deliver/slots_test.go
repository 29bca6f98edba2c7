package deliver_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"postbag/digest"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
	"postbag/subscribers/mail/smtptest"
)

// ledgers are those of several issues.
type ledgers map[int64]*memLedger

func (l ledgers) Begin(ctx context.Context, m subscribers.Mailing, last bool) (subscribers.Mailing, error) {
	return l[m.IssueID].Begin(ctx, m, last)
}
func (l ledgers) Exchange(ctx context.Context, x deliver.Exchange) (deliver.Exchanged, error) {
	return l[x.IssueID].Exchange(ctx, x)
}
func (l ledgers) Recover(ctx context.Context, r deliver.Recovery) (int, error) {
	return l[r.IssueID].Recover(ctx, r)
}
func (l ledgers) Counts(ctx context.Context, id int64) (subscribers.Counts, error) {
	return l[id].Counts(ctx, id)
}
func (l ledgers) NextTry(ctx context.Context, id int64) (time.Time, bool, error) {
	return l[id].NextTry(ctx, id)
}
func (l ledgers) Finish(ctx context.Context, id int64, now time.Time) (bool, error) {
	return l[id].Finish(ctx, id, now)
}
func (l ledgers) SetIssueState(ctx context.Context, by digest.Actor, id int64, to digest.IssueState, why digest.Pause, now time.Time, seen digest.AsSeen) error {
	return l[id].SetIssueState(ctx, by, id, to, why, now, seen)
}
func (l ledgers) IssueState(ctx context.Context, id int64) (digest.IssueState, error) {
	return l[id].IssueState(ctx, id)
}

// TestIssuesShareTheConnections sends three issues at once, to a server that is slow about
// one message of the first: the others do not wait for it, and together they have no more
// connections than one issue may have.
func TestIssuesShareTheConnections(t *testing.T) {
	const connections, readers = 3, 40
	reply := make(chan struct{})
	var mu sync.Mutex
	open, most := map[int]bool{}, 0
	b := newBench(t, readers, func(st smtptest.Step) smtptest.Act {
		mu.Lock()
		switch st.Verb {
		case "MAIL":
			open[st.Conn] = true
			most = max(most, len(open))
		case "QUIT":
			delete(open, st.Conn)
		}
		slow := st.Verb == "BODY" && st.To == "reader1@issue7.example"
		mu.Unlock()
		if slow {
			<-reply
		}
		return smtptest.Act{}
	}, func(o *deliver.Options) { o.Concurrency = connections })
	all := ledgers{}
	options := deliver.Options{Ledger: all, Transport: transport(t, "smtp://"+b.server.Addr, ""), Clock: b.clock, Concurrency: connections}
	sender := deliver.New(options)
	ended := map[int64]chan deliver.Summary{}
	for id := int64(7); id <= 9; id++ {
		all[id] = newLedger(t, readers)
		for i := range all[id].readers {
			all[id].readers[i].Email = fmt.Sprintf("reader%d@issue%d.example", i+1, id)
		}
		ended[id] = make(chan deliver.Summary, 1)
	}
	for id, end := range ended {
		job := b.job
		job.Mailing.IssueID = id
		go func() {
			s, err := sender.Run(t.Context(), job)
			if err != nil {
				t.Error(err)
			}
			end <- s
		}()
	}
	for id := int64(8); id <= 9; id++ {
		select {
		case s := <-ended[id]:
			if !s.Finished {
				t.Errorf("issue %d: %+v", id, s)
			}
		case <-time.After(30 * time.Second):
			t.Fatalf("issue %d waits for another", id)
		}
	}
	close(reply)
	if s := <-ended[7]; !s.Finished {
		t.Errorf("issue 7: %+v", s)
	}
	if copies := b.server.Copies(); len(copies) != 3*readers {
		t.Errorf("%d readers got a copy", len(copies))
	}
	if most > connections {
		t.Errorf("%d connections were open at once", most)
	}
}

// TestFewAtOnceToOneDomain has readers at one large domain and at a small one: the large
// one is handed no more than is set at once, and the small one is served beside it.
func TestFewAtOnceToOneDomain(t *testing.T) {
	const readers = 60
	var mu sync.Mutex
	under, most := 0, 0
	small := make(chan struct{})
	smalls := 0
	b := newBench(t, readers, func(st smtptest.Step) smtptest.Act {
		large := st.Verb == "BODY" && st.To[len(st.To)-len("@large.example"):] == "@large.example"
		mu.Lock()
		if st.Verb == "BODY" && !large {
			if smalls++; smalls == readers/6 {
				close(small)
			}
		}
		if large {
			under++
			most = max(most, under)
		}
		mu.Unlock()
		if large {
			<-small // the small domain is done before any of the large one
			mu.Lock()
			under--
			mu.Unlock()
		}
		return smtptest.Act{}
	}, func(o *deliver.Options) { o.Concurrency, o.DomainConnections = 6, 2 })
	for i := range b.ledger.readers {
		domain := "large.example"
		if i%6 == 5 {
			domain = "small.example"
		}
		b.ledger.readers[i].Email = fmt.Sprintf("reader%d@%s", i+1, domain)
	}
	if s := b.run(); !s.Finished {
		t.Errorf("summary %+v", s)
	}
	if most != 2 {
		t.Errorf("%d at once to one domain", most)
	}
}
