package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime/debug"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/prose"
	"postbag/digest/pull"
	"postbag/digest/store"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
	"postbag/subscribers/roster"
)

// Run runs the suite. Each test calls open for an empty database of its own,
// which open closes when the test ends.
func Run(t *testing.T, open func(t *testing.T) *store.DB) {
	for _, part := range []struct {
		name  string
		tests []test
	}{
		{"Settings", settingsTests},
		{"Pages", pageTests},
		{"Links", linkTests},
		{"Identity", identityTests},
		{"Edits", editTests},
		{"Imports", importTests},
		{"Gone", goneTests},
		{"Sources", sourceTests},
		{"Post listings", postListingTests},
		{"Listings", listingTests},
		{"Search", searchTests},
		{"Near", nearTests},
		{"Candidates", candidateTests},
		{"Drafts", draftTests},
		{"Moves", moveTests},
		{"Revisions", revisionTests},
		{"Decisions", decisionTests},
		{"Lessons", lessonTests},
		{"Reading", readingTests},
		{"Checks", checkTests},
		{"Ledger", ledgerTests},
		{"Wire", wireTests},
		{"Settlements", settleTests},
		{"Letters", letterTests},
		{"Bounces", bounceTests},
		{"Held", heldTests},
		{"Signup", signupTests},
		{"Accounts", accountTests},
		{"Reminders", reminderTests},
		{"Audit", auditTests},
		{"Roster", rosterTests},
		{"Work", workTests},
		{"Tasks", taskTests},
		{"Keeping", keepingTests},
		{"Status", statusTests},
	} {
		t.Run(part.name, func(t *testing.T) {
			for _, c := range part.tests {
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					b := &bench{T: t, DB: open(t)}
					defer b.failed()
					c.run(b)
				})
			}
		})
	}
}

// test is one test of the suite.
type test struct {
	name string
	run  func(b *bench)
}

// bench is a test with its database.
type bench struct {
	*testing.T
	*store.DB
	tokens int
}

// start is when everything in the tests begins.
var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func after(d time.Duration) time.Time { return start.Add(d) }

// Tester is who changes things in the tests.
var Tester = digest.Actor{Kind: digest.ByCommand, Name: "tester"}

var (
	tester = Tester
	anEdit = digest.Revision{At: start, By: Tester, Did: digest.Edited, Words: "edited it"}
)

// Rename sets the publication's name, and nothing else.
func Rename(ctx context.Context, db *store.DB, name string) error {
	_, err := db.ChangeSettings(ctx, Tester, 0, desk.Settings{Publication: &name}, start, nil)
	return err
}

// change changes the settings of the only series, and of all.
func (b *bench) change(s desk.Settings) error {
	_, err := b.ChangeSettings(b.ctx(), tester, b.series().ID, s, start, nil)
	return err
}

// must ends the test on an error.
func (b *bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// failure is the panic of [must].
type failure struct{ err error }

// must gives a value; an error ends the test.
func must[T any](value T, err error) T {
	if err != nil {
		panic(failure{err})
	}
	return value
}

// p gives a pointer to a value.
func p[T any](value T) *T { return &value }

// errOf gives the error of what must not work.
func errOf[T any](_ T, err error) error { return err }

// failed fails the test with the error that ended it, and tells where.
func (b *bench) failed() {
	switch fault := recover().(type) {
	case nil:
	case failure:
		b.Fatalf("%v\n%s", fault.err, debug.Stack())
	default:
		panic(fault)
	}
}

// wantKind checks that an error is one of a kind, for a person.
func (b *bench) wantKind(err error, kind digest.Kind) {
	b.Helper()
	if _, ok := errors.AsType[*digest.Error](err); !ok || digest.KindOf(err) != kind {
		b.Fatalf("got the error %v (kind %d), want one of kind %d", err, digest.KindOf(err), kind)
	}
}

func (b *bench) equal(what string, got, want any) {
	b.Helper()
	if !reflect.DeepEqual(got, want) {
		b.Fatalf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

func (b *bench) ctx() context.Context { return b.Context() }

var firstSeries = digest.Series{
	Slug: digest.DefaultSeriesSlug, Name: digest.DefaultSeriesName, Title: digest.DefaultSeriesTitle,
	Schedule: digest.DefaultSeriesSchedule, Zone: "Europe/London", NextNumber: 1, Deadline: digest.Hold, CreatedAt: start,
}

// source adds a source with its two feeds; every name stands for another blog.
func (b *bench) source(name string) (digest.Source, []digest.FeedState) {
	b.Helper()
	src := digest.Source{Name: name, URL: "https://" + name + ".example/", Platform: digest.Blogger, Language: "en", AddedAt: start}
	feeds := []digest.FeedState{
		{Kind: digest.CommentsFeed, URL: src.URL + "comments"},
		{Kind: digest.PostsFeed, URL: src.URL + "posts"},
	}
	b.must(b.AddSource(b.ctx(), tester, &src, feeds, firstSeries))
	return src, feeds
}

// aPost makes a post; its words come from its hash.
func aPost(guid string, published time.Time, hash string) digest.Post {
	return digest.Post{GUID: guid, URL: "https://blog.example/" + guid, Title: "About " + guid, Author: "Ines",
		Published: published, Updated: published, Announced: -1, Hash: hash, Body: digest.Plain("words " + hash)}
}

// aComment makes a comment; its words come from its hash.
func aComment(guid, post, parent string, published time.Time, hash string) digest.Comment {
	body := digest.Plain("words " + hash)
	return digest.Comment{GUID: guid, URL: "https://blog.example/" + post + "#" + guid, PostRef: post, ParentRef: parent,
		Author: "Anonymous", Published: published, Updated: published, Hash: hash, Words: prose.Words(body), Body: body}
}

// page stores a page and gives what it did, without the entries' ids.
func (b *bench) page(page pull.Page) pull.Stored {
	b.Helper()
	return counts(b.storePage(page))
}

// storePage stores a page.
func (b *bench) storePage(page pull.Page) pull.Stored {
	b.Helper()
	stored := must(b.StorePage(b.ctx(), page))
	return stored
}

// counts leaves ids out.
func counts(s pull.Stored) pull.Stored {
	s.PostIDs, s.CommentIDs = nil, nil
	return s
}

// comments gives all comments by guid.
func (b *bench) comments() map[string]digest.ListedComment {
	b.Helper()
	all := must(b.Comments(b.ctx(), digest.CommentFilter{}))
	byGUID := map[string]digest.ListedComment{}
	for _, c := range all {
		byGUID[c.GUID] = c
	}
	return byGUID
}

// series gives the only series.
func (b *bench) series() digest.Series {
	b.Helper()
	all := must(b.SeriesList(b.ctx()))
	if len(all) != 1 {
		b.Fatalf("there are %d series, want 1", len(all))
	}
	return all[0]
}

// draft opens a draft.
func (b *bench) draft(opened time.Time) digest.Issue {
	b.Helper()
	issue, created, err := b.OpenDraft(b.ctx(), tester, b.series().ID, opened, opened.Add(24*time.Hour))
	b.must(err)
	if !created {
		b.Fatal("the draft was there already")
	}
	return issue
}

// approve approves a draft.
func (b *bench) approve(issue *digest.Issue, at time.Time) {
	b.Helper()
	issue.ApprovedAt = at
	issue.Frozen = &digest.Frozen{Title: fmt.Sprintf("Issue %d", issue.Number), Number: issue.Number, Date: issue.DueAt,
		Blocks: []digest.FrozenBlock{{Kind: digest.HeadingBlock, Heading: "Nights"}}}
	b.must(b.Approve(b.ctx(), tester, issue, nil))
}

func (b *bench) move(issue digest.Issue, to digest.IssueState, at time.Time) {
	b.Helper()
	b.must(b.MoveIssue(b.ctx(), tester, issue.ID, to, at, digest.AsSeen{}))
}

// published makes a source if there is none, and a published issue.
func (b *bench) published() digest.Issue {
	b.Helper()
	if all, err := b.SeriesList(b.ctx()); err != nil || len(all) == 0 {
		b.must(err)
		b.source("published")
	}
	issue := b.draft(start)
	b.approve(&issue, after(time.Hour))
	b.move(issue, digest.Published, after(2*time.Hour))
	return issue
}

// sending makes a mailing under way to n active subscribers.
func (b *bench) sending(n int) digest.Issue {
	b.Helper()
	issue := b.published()
	b.enrol(n)
	must(b.Begin(b.ctx(), subscribers.Mailing{IssueID: issue.ID, Begun: after(3 * time.Hour), Domain: "news.example"}, false))
	return issue
}

// token gives a token that no other call gives.
func (b *bench) token() string {
	b.tokens++
	const letters = "abcdefghijklmnop"
	token := []byte("aaaaaaaaaaaaaaaaaaaaaaaaaa")
	for i, n := 0, b.tokens; n > 0; i, n = i+1, n/len(letters) {
		token[i] = letters[n%len(letters)]
	}
	return string(token)
}

// enrol adds n active subscribers and gives them by key.
func (b *bench) enrol(n int) []subscribers.Subscriber {
	b.Helper()
	var people []roster.Entry
	for range n {
		token := b.token()
		email := "reader-" + token + "@list.example"
		people = append(people, roster.Entry{
			Subscriber: subscribers.Subscriber{Email: email, Key: email, Name: "Reader", State: subscribers.Active,
				Frequency: subscribers.Every, Token: token},
			Consent: subscribers.Consent{At: start, Page: "import", Wording: "asked on paper"},
		})
	}
	must(b.Enrol(b.ctx(), digest.Audited{}, people, false))
	return b.everybody(roster.Filter{})
}

func (b *bench) everybody(filter roster.Filter) (all []subscribers.Subscriber) {
	b.Helper()
	b.must(b.Subscribers(b.ctx(), filter, func(s subscribers.Subscriber) error {
		all = append(all, s)
		return nil
	}))
	return all
}

// exchange takes one step with the ledger as a process that is no worker: it settles,
// claims, and begins what it claimed.
func (b *bench) exchange(issue digest.Issue, claim int, now time.Time, settle ...deliver.Result) []subscribers.Delivery {
	b.Helper()
	return b.begin(issue, b.claimAhead(issue, claim, now, settle...), now)
}

// claimAhead settles and claims.
func (b *bench) claimAhead(issue digest.Issue, claim int, now time.Time, settle ...deliver.Result) []subscribers.Delivery {
	b.Helper()
	done := must(b.Exchange(b.ctx(), deliver.Exchange{IssueID: issue.ID, Claim: claim, Now: now, Settle: settle}))
	return done.Claimed
}

// begin begins claimed rows.
func (b *bench) begin(issue digest.Issue, claimed []subscribers.Delivery, now time.Time) []subscribers.Delivery {
	b.Helper()
	done := must(b.Exchange(b.ctx(), deliver.Exchange{IssueID: issue.ID, Begin: claimed, Now: now}))
	return done.Begun
}

// result makes the result of a claim.
func result(d subscribers.Delivery, state subscribers.DeliveryState, at time.Time) deliver.Result {
	return deliver.Result{DeliveryID: d.ID, Fence: d.Fence, State: state, At: at,
		Outcome: subscribers.Outcome{Cause: subscribers.Accepted, Code: 250, Reply: "ok"}}
}
