package roster_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/digesttest"
	"postbag/subscribers"
	"postbag/subscribers/roster"
)

// tester is who works on the list in tests.
var tester = digest.Actor{Kind: digest.ByCommand, Name: "tester"}

// memory is a list kept in memory as the store's contract asks.
type memory struct {
	people map[string]roster.Entry
	calls  int
	err    error // what Enrol fails with from call failAt on
	failAt int
	writes int
	told   []digest.Audited
}

func (m *memory) AddAudited(_ context.Context, a digest.Audited) error {
	m.told = append(m.told, a)
	return nil
}

func newMemory() *memory { return &memory{people: map[string]roster.Entry{}} }

func (m *memory) Enrol(_ context.Context, _ digest.Audited, people []roster.Entry, dryRun bool) ([]roster.Enrolled, error) {
	m.calls++
	if m.err != nil && m.calls >= m.failAt {
		return nil, m.err
	}
	var out []roster.Enrolled
	batch := map[string]bool{}
	for _, e := range people {
		key := e.Subscriber.Key
		known, ok := m.people[key]
		switch {
		case batch[key]:
			out = append(out, roster.Duplicated)
		case ok && e.Gone() && known.Subscriber.State.To(e.Subscriber.State):
			out = append(out, roster.Ended)
			if !dryRun {
				known.Subscriber.State, known.Subscriber.LeftAt = e.Subscriber.State, e.Subscriber.LeftAt
				m.people[key] = known
			}
		case ok && (known.Subscriber.State == subscribers.Active || known.Subscriber.State == subscribers.Pending):
			out = append(out, roster.Known)
		case ok:
			out = append(out, roster.Kept)
		default:
			out = append(out, roster.Added)
			if !dryRun {
				m.people[key] = e
				m.writes++
			}
		}
		batch[key] = true
	}
	return out, nil
}

func (m *memory) Subscribers(_ context.Context, f roster.Filter, yield func(subscribers.Subscriber) error) error {
	n := 0
	for _, key := range slices.Sorted(maps.Keys(m.people)) {
		sub := m.people[key].Subscriber
		if f.State != "" && sub.State != f.State || !strings.Contains(key, f.Text) || f.Limit > 0 && n >= f.Limit {
			continue
		}
		n++
		if err := yield(sub); err != nil {
			return err
		}
	}
	return nil
}

func (m *memory) SubscriberCounts(context.Context) (map[subscribers.State]int, error) {
	counts := map[subscribers.State]int{}
	for _, e := range m.people {
		counts[e.Subscriber.State]++
	}
	return counts, nil
}

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func newService(t *testing.T) (*roster.Service, *memory) {
	t.Helper()
	m := newMemory()
	return roster.New(roster.Options{Store: m, Clock: digesttest.NewClock(noon)}), m
}

// wantKind fails unless err is of a kind.
func wantKind(t *testing.T, err error, kind digest.Kind) {
	t.Helper()
	if err == nil || digest.KindOf(err) != kind {
		t.Fatalf("got error %v of kind %d, want kind %d", err, digest.KindOf(err), kind)
	}
}
