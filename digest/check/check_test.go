package check_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/check"
	"postbag/digest/desk"
	"postbag/digest/markup"
	"postbag/digest/prose"
	"postbag/digest/pull"
	"postbag/digest/pull/removed"
	"postbag/digest/site"
	"postbag/digest/store"
	"postbag/digest/store/storetest"
	"postbag/digest/suggest"
	"postbag/subscribers/letters"
	"postbag/templates"
)

func TestMain(m *testing.M) { os.Exit(storetest.Pooled{Tests: m}.Run()) }

var (
	ada = digest.Actor{Kind: digest.ByEditor, Name: "ada@blog.example"}
	now = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
)

type clock struct{ at time.Time }

func (c *clock) Now() time.Time                                   { return c.at }
func (c *clock) Sleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// blogs answer what the test says; a comment that is not in the table is unsure.
type blogs struct {
	there map[int64]bool
	asked [][]int64
	stop  func(n int) error // called before the answer with so many already given
	note  string
}

func (b *blogs) Ask(_ context.Context, ids []int64, each func(int64, bool)) (out removed.Result, err error) {
	b.asked = append(b.asked, ids)
	for i, id := range ids {
		if b.stop != nil {
			if err := b.stop(i); err != nil {
				return out, err
			}
		}
		if there, known := b.there[id]; known {
			each(id, there)
			continue
		}
		out.Unsure = append(out.Unsure, id)
	}
	if b.note != "" {
		out.Notices = []pull.Notice{{Text: b.note}}
	}
	return out, nil
}

type links map[string]int

func (l links) Reach(_ context.Context, url string) (int, error) {
	status, known := l[url]
	if !known {
		return 0, errors.New("nobody is there")
	}
	if status >= 400 {
		return status, fmt.Errorf("it answers %d", status)
	}
	return status, nil
}

type bench struct {
	*check.Check
	*testing.T
	desk  *desk.Desk
	db    *store.DB
	clock *clock
	blogs *blogs
	links links
}

// issue is what a test is about: the texts of its comments, all of them picked.
func newBench(t *testing.T, texts ...string) *bench {
	t.Helper()
	b := &bench{T: t, clock: &clock{at: now}, blogs: &blogs{there: map[int64]bool{}}, links: links{}}
	b.db = storetest.Open(t, storetest.Database(t), b.clock)
	source := digest.Source{Name: "The Night Bus", URL: "https://blog.example/", Platform: digest.Blogger, AddedAt: now}
	feeds := []digest.FeedState{{Kind: digest.PostsFeed, URL: "https://blog.example/posts"}, {Kind: digest.CommentsFeed, URL: "https://blog.example/comments"}}
	b.must(b.db.AddSource(t.Context(), ada, &source, feeds, digest.Series{
		Slug: "pick", Name: "Pick", Title: "{name} {number}", Schedule: "0 18 * * 0", Zone: "UTC", NextNumber: 8, Deadline: digest.Hold, CreatedAt: now,
	}))
	page := pull.Page{SourceID: source.ID, Seen: now, Posts: []digest.Post{{GUID: "p", URL: "https://blog.example/p", Title: "What Harriet Penhallow said", Published: now.Add(-time.Hour), Hash: "p", Body: digest.Plain("Harriet Penhallow drives the 14.")}}}
	for i, text := range texts {
		body := markup.FromHTML(text, "")
		page.Comments = append(page.Comments, digest.Comment{
			GUID: fmt.Sprint("c", i), PostRef: "p", URL: fmt.Sprintf("https://blog.example/p#c%d", i), Author: "Anonymous", Published: now.Add(time.Duration(i-len(texts)) * time.Second),
			Hash: fmt.Sprint("h", i), Words: prose.Words(body), Body: body,
		})
	}
	_, err := b.db.StorePage(t.Context(), page)
	b.must(err)
	b.index()
	set, err := templates.New()
	b.must(err)
	writer := letters.Writer{Set: set, Site: site.Site{Base: "https://news.example"}}
	b.desk = desk.New(desk.Options{Store: b.db, Clock: b.clock, BaseURL: "https://news.example", Size: writer.Size})
	b.Check = check.New(check.Options{Store: b.db, Desk: b.desk, Blogs: b.blogs, Links: b.links, Mail: writer.Text, Clock: b.clock})
	_, _, err = b.desk.Draft(t.Context(), ada, "")
	b.must(err)
	var ids []int64
	for i := range texts {
		ids = append(ids, int64(i+1))
	}
	if len(ids) > 0 {
		_, _, err = b.desk.Pick(t.Context(), ada, desk.Ref{}, ids...)
		b.must(err)
	}
	return b
}

func (b *bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (b *bench) list() check.Report {
	b.Helper()
	r, err := b.List(b.Context(), desk.Ref{})
	b.must(err)
	return r
}

func (b *bench) at() (digest.Issue, desk.Ref) {
	b.Helper()
	issue, err := b.desk.DraftAt(b.Context(), desk.Ref{})
	b.must(err)
	return issue, desk.Ref{Number: issue.Number, Version: issue.Version}
}

// kinds are those of the findings, with their subjects.
func kinds(r check.Report) (all []string) {
	for _, f := range r.Findings {
		all = append(all, string(f.Kind))
	}
	return all
}

const good = "I drove the last bus for nine years, days and then nights, and nobody asked what it is like at four."

// TestEveryKind finds each kind of finding in an issue that has it, and says it in
// words with a way to mend it.
func TestEveryKind(t *testing.T) {
	covered := map[digest.FindingKind]bool{digest.FoundNoUnsubscribe: true, digest.FoundBadTrim: true} // see below
	for kind, c := range map[digest.FindingKind]struct {
		texts []string
		do    func(b *bench)
		words string
	}{
		digest.FoundNoPicks: {nil, nil, "Nothing is picked yet."},
		digest.FoundNoTitle: {[]string{good}, func(b *bench) {
			issue, _ := b.at()
			issue.Title = " "
			b.must(b.db.SaveDraft(b.Context(), &issue, digest.Revision{At: now, By: ada, Did: digest.Edited, Words: "took the title"}))
		}, "The issue has no title."},
		digest.FoundRemovedPick: {[]string{good, good + " More."}, func(b *bench) {
			_, err := b.db.MarkGone(b.Context(), []int64{2}, digest.ByPermalink, "its page answers 404")
			b.must(err)
		}, "No. 2 is no longer on the blog."},
		digest.FoundChangedPick: {[]string{good}, func(b *bench) { b.rewrite(1, "new", "I never drove a bus, as everybody knows by now.") }, "No. 1 was changed on the blog after you picked it."},
		digest.FoundBareHeading: {[]string{good}, func(b *bench) { b.edit(desk.Edit{Heading: ptr("Nights")}) }, `"Nights" in row 2 has nothing under it`},
		digest.FoundEmptyText: {[]string{good}, func(b *bench) {
			issue, _ := b.at()
			issue.Blocks = append(issue.Blocks, digest.Block{Kind: digest.TextBlock, Text: " "})
			b.must(b.db.SaveDraft(b.Context(), &issue, digest.Revision{At: now, By: ada, Did: digest.Edited, Words: "wrote nothing"}))
		}, "is empty"},
		digest.FoundTooLarge: {large(60), nil, "mail programs cut off"},
		digest.FoundLarge:    {large(37), nil, "of the 95 KB that mail programs show"},
		digest.FoundDeadLink: {[]string{good + ` <a href="https://a.example/gone">Look</a> <a href="https://a.example/there">there</a> <a href="https://10.0.0.1/">in</a>`}, func(b *bench) {
			b.links["https://a.example/gone"], b.links["https://a.example/there"] = 404, 200
			b.ask()
		}, "links to https://a.example/gone, and nothing is there: it answers 404"},
		digest.FoundUnsure:      {[]string{good}, func(b *bench) { b.ask() }, "Nothing that the blog answers shows whether no. 1 is still there."},
		digest.FoundWatched:     {[]string{good + " Ask mona bell about it."}, func(b *bench) { b.watch("Mona Bell\nMo") }, "names “Mona Bell”, who is on your watch list"},
		digest.FoundName:        {[]string{good + " It was Petra Lindqvist who began it, and not Harriet Penhallow."}, nil, "names “Petra Lindqvist”, whom no post names"},
		digest.FoundTelephone:   {[]string{good + " Call 020 7946 0958 on 01.02.2026 at 10:30."}, nil, "“020 7946 0958”"},
		digest.FoundMailAddress: {[]string{good + " Write to driver14@bus.example."}, nil, "“driver14@bus.example”"},
		digest.FoundPostAddress: {[]string{good + " I live at 14 Depot Lane, you know."}, nil, "“14 Depot Lane”"},
		digest.FoundAccusation:  {[]string{good + " Everybody knows that Colin Marsh stole the raffle money."}, nil, "No. 1 accuses somebody, it seems: “Colin Marsh stole”."},
		digest.FoundTelling:     {[]string{"I have been the only midwife in Thornby for nineteen years, and last spring I was suspended, which nobody here has forgotten or forgiven."}, nil, "may tell who wrote it, to those who know them: “only midwife”, “Thornby”"},
		digest.FoundOneThread: {several(7), func(b *bench) {
			b.thread(2, 1)
			b.thread(3, 2)
		}, "3 of 7 picks are from one thread: no. 1, 2, 3."},
		digest.FoundAbbreviation: {[]string{good + " Then came the CPC and the Automatic Vehicle Location (AVL). AVL helps."}, nil, "“CPC” is not explained"},
		digest.FoundPreheader:    {[]string{"Yes."}, nil, "inboxes show the beginning of the mail after it"},
		digest.FoundUsedBefore: {[]string{good, good + " And days."}, func(b *bench) {
			_, _, err := b.desk.Approve(b.Context(), ada, desk.Ref{}, desk.When{})
			b.must(err)
			_, _, err = b.desk.Pick(b.Context(), ada, desk.Ref{}, 1)
			b.must(err)
		}, "No. 1 is in issue 8 already."},
		digest.FoundNearCopy: {[]string{good + " It was cold, and the heater failed again, and I sang to keep awake.", good + " It was cold, and the heater failed again, and I sang to keep awake!"}, nil, "No. 2 says nearly the same as no. 1."},
		digest.FoundLifted: {[]string{good + " It was cold. It was dark."}, func(b *bench) {
			issue, _ := b.at()
			issue.Blocks[0].Lifted = digest.Range{Start: len(good) + 1, End: len(good) + 13}
			issue.Blocks[0].Kept = []digest.Range{{Start: 0, End: len(good)}}
			b.must(b.db.SaveDraft(b.Context(), &issue, digest.Revision{At: now, By: ada, Did: digest.Edited, Words: "lifted"}))
		}, "The lifted line was cut from no. 1."},
		digest.FoundNoWords: {[]string{good}, func(b *bench) {
			_, err := b.db.StorePage(b.Context(), pull.Page{SourceID: 1, Seen: now, Comments: []digest.Comment{{GUID: "empty", PostRef: "p", Author: "A", Published: now, Hash: "e"}}})
			b.must(err)
			_, _, err = b.desk.Pick(b.Context(), ada, desk.Ref{}, 2)
			b.must(err)
		}, "it has no text to quote"},
		digest.FoundHeld: {[]string{good}, func(b *bench) {
			_, err := b.db.Hold(b.Context(), ada, "a trial", now)
			b.must(err)
		}, "Sending is held"},
		digest.FoundNoWorker: {[]string{good}, func(b *bench) {
			_, err := b.Want(b.Context(), ada, desk.Ref{})
			b.must(err)
		}, "No worker is running"},
	} {
		covered[kind] = true
		t.Run(string(kind), func(t *testing.T) {
			b := newBench(t, c.texts...)
			if c.do != nil {
				c.do(b)
			}
			r := b.list()
			i := slices.IndexFunc(r.Findings, func(f digest.Finding) bool { return f.Kind == kind && strings.Contains(f.Words, c.words) })
			if i < 0 {
				t.Fatalf("it is not found among %+v", r.Findings)
			}
			f := r.Findings[i]
			if len(f.Acts) == 0 || f.Severity() == "" || !strings.HasSuffix(f.Words, ".") {
				t.Errorf("%+v", f)
			}
			if f.Severity() == digest.MustFix {
				n, err := b.desk.ToFix(t.Context(), r.Issue)
				if err != nil || n != r.MustFix() {
					t.Errorf("%d are counted, and %d listed: %v", n, r.MustFix(), err)
				}
				if _, _, err := b.desk.Approve(t.Context(), ada, desk.Ref{Number: r.Issue.Number}, desk.When{}); err == nil {
					t.Errorf("it is approved all the same: %v", err)
				}
			}
		})
	}
	for kind := range digest.FindingKinds() {
		if !covered[kind] && kind != digest.FoundPickedTwice { // which the database refuses
			t.Errorf("no issue has a %s", kind)
		}
	}
}

// TestHelpsCanBeSwitchedOff: what a series does without is not looked for; the watch list
// always is.
func TestHelpsCanBeSwitchedOff(t *testing.T) {
	b := newBench(t, good+" It was Petra Lindqvist who stole it; call 020 7946 0958 at the CPC.",
		"I have been the only midwife in Thornby for nineteen years, and last spring I was suspended, which nobody here has forgotten or forgiven.")
	b.watch("Petra Lindqvist")
	for rule, kinds := range map[suggest.Rule][]digest.FindingKind{
		suggest.MayAccuse: {digest.FoundAccusation}, suggest.MayTellWho: {digest.FoundTelling}, suggest.NamesPeople: {digest.FoundName},
		suggest.ContactDetails: {digest.FoundTelephone}, suggest.Abbreviations: {digest.FoundAbbreviation},
	} {
		found := func() (all []digest.FindingKind) {
			for _, f := range b.list().Findings {
				all = append(all, f.Kind)
			}
			return all
		}
		for _, kind := range kinds {
			if kind != digest.FoundName && !slices.Contains(found(), kind) {
				t.Errorf("with %s on no %s is found: %v", rule, kind, found())
			}
		}
		if changed, err := b.desk.SwitchRule(t.Context(), ada, "pick", rule, false); err != nil || !changed {
			t.Fatal(changed, err)
		}
		for _, kind := range kinds {
			if slices.Contains(found(), kind) {
				t.Errorf("with %s off a %s is found", rule, kind)
			}
		}
	}
	if all := kinds(b.list()); !slices.Contains(all, string(digest.FoundWatched)) {
		t.Errorf("the watch list is not looked through: %v", all)
	}
}

// TestNothingIsFoundWhereAllIsWell: an issue of plain words has nothing to look at.
func TestNothingIsFoundWhereAllIsWell(t *testing.T) {
	b := newBench(t, good, "The depot at Marl Lane opens at 04:30 on Monday 2 March 2026; it has 1,200,000 visitors. OK, the BBC and the EU know. HE SAID NOTHING AT ALL TO US.",
		"Harriet Penhallow told me so. In New York they have 14 buses. Drivers Like Me know it. World War II was longer.")
	if r := b.list(); len(r.Findings) != 0 || !r.Mail {
		t.Errorf("%+v", r.Findings)
	}
}

// TestWhatIsSeenStands until what it is about changes.
func TestWhatIsSeenStands(t *testing.T) {
	b := newBench(t, good+" It was Petra Lindqvist who began it.", good+" Then came the CPC, and nights.")
	r := b.list()
	if got := kinds(r); !slices.Contains(got, "name") || !slices.Contains(got, "abbreviation") {
		t.Fatal(got)
	}
	i := slices.IndexFunc(r.Findings, func(f digest.Finding) bool { return f.Kind == digest.FoundName })
	key := r.Findings[i].Key()
	if _, err := b.See(t.Context(), ada, desk.Ref{}, key, false); err != nil {
		t.Fatal(err)
	}
	before := r.ToLookAt()
	r = b.list()
	last := r.Findings[len(r.Findings)-1]
	if r.ToLookAt() != before-1 || last.Key() != key || last.Seen == nil || last.Seen.By != ada || !last.Seen.At.Equal(now) {
		t.Errorf("%+v", last)
	}
	if _, err := b.See(t.Context(), ada, desk.Ref{}, "nonsense", false); digest.KindOf(err) != digest.NotFound {
		t.Errorf("an unknown key: %v", err)
	}
	// What it is about changes: another name in the same pick.
	b.rewrite(1, "new", good+" It was Petra Lindgren who began it.")
	issue, at := b.at()
	_, err := b.desk.Update(t.Context(), ada, at, issue.Blocks[0].ID)
	b.must(err)
	if r = b.list(); !slices.ContainsFunc(r.Findings, func(f digest.Finding) bool {
		return f.Kind == digest.FoundName && f.Subject == "Petra Lindgren" && f.Seen == nil
	}) {
		t.Errorf("%+v", r.Findings)
	}
	added, err := b.desk.AddTerm(t.Context(), ada, "CPC: Certificate of Professional Competence")
	if r = b.list(); err != nil || !added || slices.Contains(kinds(r), "abbreviation") {
		t.Errorf("%v, %v: %v", added, err, kinds(r))
	}
	b.rewrite(2, "gone", "Quite other words, which nobody picked.")
	r = b.list()
	if _, err := b.See(t.Context(), ada, desk.Ref{}, r.Findings[0].Key(), false); digest.KindOf(err) != digest.Invalid {
		t.Errorf("what must be fixed is let stand: %v", err)
	}
}

// TestAskingGoesOn: what was found out before a process ended is not asked again, and an
// approval asks nothing of which was heard lately.
func TestAskingGoesOn(t *testing.T) {
	b := newBench(t, several(4)...)
	for id := range int64(3) {
		b.blogs.there[id+1] = true
	}
	ctx, cancel := context.WithCancel(t.Context())
	b.blogs.stop = func(n int) error {
		if n < 2 {
			return nil
		}
		cancel()
		return ctx.Err()
	}
	a, err := b.Want(t.Context(), ada, desk.Ref{})
	if err != nil || !a.IsOpen() {
		t.Fatal(a, err)
	}
	if err := b.AskWaiting(ctx); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if r := b.list(); !r.Asking.IsOpen() || len(r.Answers) != 2 {
		t.Errorf("%+v, %+v", r.Asking, r.Answers)
	}
	b.blogs.stop, b.blogs.note = nil, "the blog takes too long to answer"
	b.clock.at = now.Add(time.Minute)
	b.must(b.AskWaiting(t.Context()))
	r := b.list()
	if got := b.blogs.asked[1]; !slices.Equal(got, []int64{3, 4}) {
		t.Errorf("the second process asked about %v", got)
	}
	if r.Asking.IsOpen() || r.Asking.Done != 4 || r.Asking.Total != 4 || len(r.Asking.Notices) != 1 || r.Answers[4].Said != digest.SaidUnsure {
		t.Errorf("%+v, %+v", r.Asking, r.Answers)
	}
	asked := 0
	blogs := counting(func(ids []int64) { asked += len(ids) })
	d := desk.New(desk.Options{Store: b.db, Clock: b.clock, BaseURL: "https://news.example", Blogs: blogs})
	b.clock.at = now.Add(10 * time.Minute)
	issue, err := d.DraftAt(t.Context(), desk.Ref{})
	b.must(err)
	unsure, err := d.Recheck(t.Context(), issue)
	if err != nil || asked != 0 || len(unsure) != 1 || unsure[0].CommentID != 4 {
		t.Errorf("%d were asked about, unsure are %+v, %v", asked, unsure, err)
	}
	b.clock.at = now.Add(20 * time.Minute)
	if _, err := d.Recheck(t.Context(), issue); err != nil || asked != 4 {
		t.Errorf("%d were asked about later, %v", asked, err)
	}
}

// counting are blogs that count what they are asked about.
type counting func(ids []int64)

func (c counting) Recheck(_ context.Context, ids []int64) (removed.Result, error) {
	c(ids)
	return removed.Result{}, nil
}

func ptr[T any](v T) *T { return &v }

// large are so many picks of the length that readers write.
func large(n int) (texts []string) {
	for i := range n {
		texts = append(texts, fmt.Sprintf("%s %s %d", strings.Repeat("The heater failed again at four and nobody came to see it. ", 25+i%3), strings.Repeat(fmt.Sprintf("w%d ", i), 40), i))
	}
	return texts
}

// several are so many picks that have little in common.
func several(n int) (texts []string) {
	for i := range n {
		texts = append(texts, fmt.Sprintf("It was cold in the winter of the year %d, %s and I sang.", i, strings.Repeat(fmt.Sprintf("word%d thing%d ", i, i*7), 9)))
	}
	return texts
}

func (b *bench) edit(e desk.Edit) {
	b.Helper()
	_, at := b.at()
	_, err := b.desk.Edit(b.Context(), ada, at, e)
	b.must(err)
}

func (b *bench) watch(names string) {
	b.Helper()
	_, err := b.desk.Set(b.Context(), ada, "", desk.Settings{WatchList: &names})
	b.must(err)
}

func (b *bench) ask() {
	b.Helper()
	_, err := b.Now(b.Context(), ada, desk.Ref{}, nil)
	b.must(err)
}

// rewrite lets the blog change the words of a comment.
func (b *bench) rewrite(id int64, hash, text string) {
	b.Helper()
	found, err := b.db.CandidatesByID(b.Context(), []int64{id})
	b.must(err)
	c := found[0].Comment
	c.Hash, c.Body = hash, digest.Plain(text)
	_, err = b.db.StorePage(b.Context(), pull.Page{SourceID: 1, Seen: b.clock.at, Comments: []digest.Comment{c}})
	b.must(err)
}

// say stores another comment, which is not picked.
func (b *bench) say(text string) {
	b.Helper()
	_, err := b.db.StorePage(b.Context(), pull.Page{SourceID: 1, Seen: b.clock.at, Comments: []digest.Comment{{GUID: "said", PostRef: "p", Author: "Anonymous", Published: now, Hash: "said", Body: digest.Plain(text)}}})
	b.must(err)
	b.index()
}

// index brings the search index up to date.
func (b *bench) index() {
	b.Helper()
	for more := true; more; {
		n, err := b.db.Index(b.Context(), 0)
		b.must(err)
		more = n > 0
	}
}

// thread makes a comment a reply to another.
func (b *bench) thread(id, parent int64) {
	b.Helper()
	found, err := b.db.CandidatesByID(b.Context(), []int64{id, parent})
	b.must(err)
	c := found[0].Comment
	c.ParentRef = found[1].GUID
	_, err = b.db.StorePage(b.Context(), pull.Page{SourceID: 1, Seen: b.clock.at, Comments: []digest.Comment{c}})
	b.must(err)
}
