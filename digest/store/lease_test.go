package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"postbag/digest"
	"postbag/digest/store"
	"postbag/digest/store/duties"
	"postbag/digest/store/storetest"
	"postbag/digest/work"
)

func join(t *testing.T, db *store.DB, name string, lease time.Duration) work.Member {
	t.Helper()
	member, err := db.Join(t.Context(), work.Joining{Name: name, Lease: lease})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(member.Leave)
	return member
}

// addFollowed makes a source with a feed that is due.
func addFollowed(t *testing.T, db *store.DB) int64 {
	t.Helper()
	src := digest.Source{Name: "Nights", URL: "https://blog.example/", Platform: digest.Blogger, AddedAt: start}
	series := digest.Series{Slug: "s", Name: "S", Title: "{name}", Schedule: "0 18 * * 0", Zone: "UTC", CreatedAt: start}
	feeds := []digest.FeedState{{Kind: digest.CommentsFeed, URL: "https://blog.example/comments"}}
	if err := db.AddSource(t.Context(), digest.Actor{Kind: digest.ByCommand}, &src, feeds, series); err != nil {
		t.Fatal(err)
	}
	return src.ID
}

// TestLeaseRunsOut keeps a worker from its database for longer than its lease:
// another takes its duty, and what the first still tries to write is refused.
func TestLeaseRunsOut(t *testing.T) {
	server := storetest.MadePostgres(t)
	door, through := storetest.OpenDoor(t, server)
	slow := open(t, through)
	watching := open(t, server)
	source := addFollowed(t, slow)
	member := join(t, slow, "slow", 3*time.Second)
	old, ok, err := slow.Claim(t.Context(), member.ID(), []work.Kind{work.Pull}, time.Now())
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if all, err := slow.Workers(t.Context()); err != nil || len(all) != 1 || all[0].Silent {
		t.Fatalf("of one that lives: %+v, %v", all, err)
	}
	door.Shut()
	silent := false
	for began := time.Now(); !silent && time.Since(began) < patience; time.Sleep(20 * time.Millisecond) {
		all, err := watching.Workers(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		silent = len(all) == 1 && all[0].Silent
	}
	if !silent {
		t.Error("a worker that has missed a renewal is not called silent")
	}
	select {
	case <-member.Context().Done():
		wantError(t, context.Cause(member.Context()), digest.Unavailable, "the lease as a worker")
	case <-time.After(patience):
		t.Fatal("it was not told that its lease is lost")
	}
	if member.Valid() {
		t.Error("a lost lease is called valid")
	}
	door.Open(t)

	quick := open(t, through)
	other := join(t, quick, "quick", time.Minute)
	began := time.Now()
	lease, ok, err := quick.Claim(t.Context(), other.ID(), []work.Kind{work.Pull}, time.Now())
	for ; err == nil && !ok && time.Since(began) < patience; time.Sleep(20 * time.Millisecond) {
		lease, ok, err = quick.Claim(t.Context(), other.ID(), []work.Kind{work.Pull}, time.Now())
	}
	if err != nil || !ok || lease.Name != old.Name || lease.Fence <= old.Fence {
		t.Fatalf("taken over: %v %+v %v, want %s with a fence over %d", ok, lease, err, old.Name, old.Fence)
	}
	page := pageOf(source, "late", 3)
	_, err = slow.StorePage(work.WithLease(t.Context(), old), page)
	wantError(t, err, digest.Conflict, "lease")
	if n := count(t, quick, "comments"); n != 0 {
		t.Errorf("%d comments were stored without a lease", n)
	}
	if _, err := quick.StorePage(work.WithLease(t.Context(), lease), page); err != nil {
		t.Error(err)
	}
}

// TestLeaseOfAClockThatWasPutBack leaves a dead worker a lease of two hours: the
// next to join, and whoever renews, shortens it.
func TestLeaseOfAClockThatWasPutBack(t *testing.T) {
	t.Parallel()
	dsn := storetest.MadePostgres(t)
	db := open(t, dsn)
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	join(t, db, "dead", time.Minute)
	ahead := func() {
		t.Helper()
		if _, err := conn.Exec(t.Context(), `UPDATE workers SET leased_until = leased_until + 7200000000 WHERE name = 'dead'`); err != nil {
			t.Fatal(err)
		}
	}
	shortened := func() bool {
		all, err := db.Workers(t.Context())
		if err != nil || len(all) == 0 || all[0].Name != "dead" {
			t.Fatal(all, err)
		}
		return time.Until(all[0].Until) <= duties.LongestLease+time.Minute
	}
	ahead()
	if shortened() {
		t.Fatal("the clock was not put back")
	}
	join(t, db, "quick", time.Second)
	if !shortened() {
		t.Error("joining left the lease as it was")
	}
	ahead()
	eventually(t, "renewing shortens the lease", shortened)
}

// TestPlaceOutlivesConnections ends every connection, as a server that restarts
// does: the worker keeps its lease and its duty.
func TestPlaceOutlivesConnections(t *testing.T) {
	t.Parallel()
	dsn := storetest.MadePostgres(t)
	db := open(t, dsn)
	addFollowed(t, db)
	member := join(t, db, "steady", 5*time.Second)
	lease, ok, err := db.Claim(t.Context(), member.ID(), []work.Kind{work.Pull}, time.Now())
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	wakes := db.Wakes(member.Context())
	for range 6 { // for longer than its lease
		storetest.Sessions(t, dsn, true)
		time.Sleep(time.Second)
	}
	if !member.Valid() {
		t.Fatal("the lease is lost:", context.Cause(member.Context()))
	}
	if err := db.Complete(t.Context(), lease, work.Outcome{Next: time.Now().Add(time.Hour), Now: time.Now()}); err != nil {
		t.Error(err)
	}
	heard(t, wakes, "at least of the new connection")
	other := open(t, dsn)
	for range 300 { // the listener may be connecting again
		if err := other.MakeDue(t.Context(), lease.Name, time.Now()); err != nil {
			t.Fatal(err)
		}
		select {
		case <-wakes:
			return
		case <-time.After(200 * time.Millisecond):
		}
	}
	t.Error("what another process did was not heard of")
}

func heard(t *testing.T, wakes <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-wakes:
	case <-time.After(patience):
		t.Error("nothing was heard,", what)
	}
}

// TestWorkersOfOneMachine are told from each other, and counted.
func TestWorkersOfOneMachine(t *testing.T) {
	t.Parallel()
	dsn := storetest.MadePostgres(t)
	db := open(t, dsn)
	one := join(t, db, "one", 5*time.Second)
	two := join(t, open(t, dsn), "two", 5*time.Second)
	eventually(t, "both know of each other", func() bool { return one.Present() == 2 && two.Present() == 2 })
	all, err := db.Workers(t.Context())
	if err != nil || len(all) != 2 || all[0].Name != "one" || all[1].Name != "two" {
		t.Errorf("the workers are %+v, %v", all, err)
	}
	two.Leave()
	eventually(t, "one is alone", func() bool { return one.Present() == 1 })
}

// patience bounds every wait for what comes within seconds, unless the machine is
// very busy.
const patience = time.Minute

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for began := time.Now(); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Since(began) > patience {
			t.Fatal("it never came to it:", what)
		}
	}
}

// TestJoiningGivesADeadConnectionUp: whoever joins again after a lease was lost does not
// wait for a connection on which nothing comes any more, and joins over another.
func TestJoiningGivesADeadConnectionUp(t *testing.T) {
	door, dsn := storetest.OpenDoor(t, storetest.MadePostgres(t))
	db := open(t, dsn)
	letGo := door.Hold(t)
	began := time.Now()
	if _, err := db.Join(t.Context(), work.Joining{Name: "again", Patience: time.Second}); digest.KindOf(err) != digest.Unavailable {
		t.Errorf("joining a server that says nothing gives %v", err)
	}
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("it took %v", took)
	}
	letGo()
	member, err := db.Join(t.Context(), work.Joining{Name: "again", Patience: 20 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer member.Leave()
	if _, _, impatient := digest.Patience(member.Context()); impatient {
		t.Error("the work is as impatient as joining was")
	}
}
