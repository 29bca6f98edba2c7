package desk_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/store/storetest"
)

// TestAnySequence opens, approves, reopens, cancels, skips and publishes in any order
// while comments come. However it went: every comment is offered by an issue that
// stands, and by one of them alone unless one was cancelled after a later one closed
// its window; no two issues answer for one slot; and no number is public twice.
func TestAnySequence(t *testing.T) {
	for seed := range uint64(25) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			var dsn string
			if seed < 5 {
				dsn = storetest.Database(t)
			} else { // what may follow what is no question of the database
				dsn = storetest.MadeSQLite(t)
			}
			s := &sequence{T: t, d: newDeskOn(t, dsn, 3), random: rand.New(rand.NewPCG(seed, 7)), public: map[int]int64{}}
			for range 40 {
				s.step()
			}
			s.d.open(t)
			s.check()
		})
	}
}

// sequence is a desk on which things are done at random.
type sequence struct {
	*testing.T
	d        *bench
	random   *rand.Rand
	comments int
	public   map[int]int64 // issue by number, of those that were public
	did      []string
	overlaps bool // an issue was cancelled although a later one had closed its window
}

// issues gives all issues, in some states.
func (s *sequence) issues(states ...digest.IssueState) []digest.Issue {
	s.Helper()
	all, err := s.d.Issues(s.Context(), "", 0)
	if err != nil {
		s.Fatal(err)
	}
	return slices.DeleteFunc(all, func(i digest.Issue) bool { return !slices.Contains(states, i.State) })
}

// one gives one issue in some states, or none.
func (s *sequence) one(states ...digest.IssueState) (digest.Issue, desk.Ref, bool) {
	found := s.issues(states...)
	if len(found) == 0 {
		return digest.Issue{}, desk.Ref{}, false
	}
	issue := found[s.random.IntN(len(found))]
	return issue, desk.Ref{Number: issue.Number}, true
}

func (s *sequence) step() {
	s.d.clock.at = s.d.clock.at.Add(time.Duration(s.random.IntN(60)) * time.Hour)
	ctx := s.Context()
	var err error
	note := func(what string, issue digest.Issue) { s.did = append(s.did, fmt.Sprint(what, " ", issue.Number)) }
	switch s.random.IntN(8) {
	case 0:
		s.comments++
		s.d.arrive(s.T, fmt.Sprint("later", s.comments))
	case 1:
		note("open", s.d.open(s.T))
	case 2, 3:
		issue, at, ok := s.one(digest.Draft)
		if !ok {
			return
		}
		note("approve", issue)
		if issue.Picks() == 0 {
			_, _, _ = s.d.Pick(ctx, ada, at, 1+s.random.Int64N(3))
		}
		_, _, err = s.d.Approve(ctx, ada, at, desk.When{Now: s.random.IntN(2) == 0})
	case 4:
		issue, at, ok := s.one(digest.Approved)
		if !ok {
			return
		}
		note("reopen", issue)
		_, err = s.d.Reopen(ctx, ada, at)
	case 5:
		issue, at, ok := s.one(digest.Draft, digest.Approved)
		if !ok {
			return
		}
		note("cancel", issue)
		for _, other := range s.issues(digest.Approved, digest.Published, digest.Draft) {
			s.overlaps = s.overlaps || other.Number > issue.Number && !other.ClosedAt.IsZero()
		}
		_, err = s.d.Cancel(ctx, ada, at)
	case 6:
		issue, at, ok := s.one(digest.Draft)
		if !ok {
			return
		}
		note("skip", issue)
		for _, other := range s.issues(digest.Approved, digest.Published, digest.Draft) {
			s.overlaps = s.overlaps || other.Number > issue.Number && !other.ClosedAt.IsZero()
		}
		at.Version = issue.Version
		_, _, err = s.d.Skip(ctx, ada, at)
	case 7:
		issue, at, ok := s.one(digest.Approved)
		if !ok {
			return
		}
		note("publish", issue)
		if before, twice := s.public[issue.Number]; twice && before != issue.ID {
			s.Fatalf("%v: number %d is public twice", s.did, issue.Number)
		}
		s.public[issue.Number] = issue.ID
		_, _, err = s.d.Publish(ctx, ada, at)
	}
	if err != nil {
		s.Fatalf("%v: %v", s.did, err)
	}
	s.slots()
}

// slots checks that no slot and no number is taken twice.
func (s *sequence) slots() {
	slots, numbers := map[time.Time]int{}, map[int]bool{}
	for _, i := range s.issues(digest.Draft, digest.Approved, digest.Published, digest.Skipped) {
		if before, twice := slots[i.Slot]; twice {
			s.Fatalf("%v: issues %d and %d answer for %v", s.did, before, i.Number, i.Slot)
		}
		slots[i.Slot] = i.Number
	}
	for _, i := range s.issues(digest.Draft, digest.Approved, digest.Published) {
		if numbers[i.Number] {
			s.Fatalf("%v: there are two issues %d", s.did, i.Number)
		}
		numbers[i.Number] = true
	}
}

// check looks at who offers what.
func (s *sequence) check() {
	offered := map[string][]int{}
	for _, i := range s.issues(digest.Draft, digest.Approved, digest.Published) {
		all, err := s.d.Candidates(s.Context(), whole(s.T, s.d, i))
		if err != nil {
			s.Fatal(err)
		}
		for _, c := range all {
			offered[c.GUID] = append(offered[c.GUID], i.Number)
		}
	}
	for n := range s.comments {
		guid := fmt.Sprint("later", n+1)
		switch by := offered[guid]; {
		case len(by) == 0:
			s.Errorf("%v: nobody offers %s", s.did, guid)
		case len(by) > 1 && !s.overlaps:
			s.Errorf("%v: issues %v offer %s", s.did, by, guid)
		}
	}
}
