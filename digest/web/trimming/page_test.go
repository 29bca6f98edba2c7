package trimming_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/prose"
	deskweb "postbag/digest/web/desk"
	"postbag/digest/web/desktest"
	"postbag/digest/web/frame"
	"postbag/digest/web/trimming"
)

// aDesk is a desk with one long comment picked.
type aDesk struct {
	*desktest.Desk
	pick digest.Block
	body digest.Prose
	page string // where it is trimmed
}

func newDesk(t *testing.T) *aDesk {
	t.Helper()
	d := &aDesk{Desk: desktest.New(t, func(d *desktest.Desk, f *frame.Frame) []deskweb.Area {
		return []deskweb.Area{trimming.New(f, d.Desk)}
	})}
	comment := d.long(0)
	_, saved, err := d.Desk.Desk.Pick(t.Context(), desktest.Ann.Actor(), desk.Ref{}, comment.ID)
	if err != nil {
		t.Fatal(err)
	}
	d.pick, _ = saved.PickOf(comment.ID)
	d.body = comment.Body
	d.page = fmt.Sprintf("/desk/issues/%d/picks/%d/trim", saved.Number, d.pick.ID)
	return d
}

// long gives the comment with the nth most sentences.
func (d *aDesk) long(n int) digest.Candidate {
	d.T.Helper()
	issue := d.issue()
	all, err := d.Desk.Desk.Candidates(d.T.Context(), issue)
	if err != nil || len(all) <= n {
		d.T.Fatal(len(all), err)
	}
	slices.SortStableFunc(all, func(a, b digest.Candidate) int {
		return len(prose.Sentences(b.Body)) - len(prose.Sentences(a.Body))
	})
	return all[n]
}

func (d *aDesk) issue() digest.Issue {
	d.T.Helper()
	issue, _, err := d.Desk.Desk.Issue(d.T.Context(), desk.Ref{})
	if err != nil {
		d.T.Fatal(err)
	}
	return issue
}

// block is the pick as it is stored.
func (d *aDesk) block() digest.Block {
	d.T.Helper()
	b, _ := d.issue().PickOf(d.pick.CommentID)
	return b
}

// excerpt is what readers would see of the pick.
func (d *aDesk) excerpt() string {
	d.T.Helper()
	t, err := d.Desk.Desk.Trimming(d.T.Context(), desk.Ref{}, d.pick.ID, 0)
	if err != nil {
		d.T.Fatal(err)
	}
	return t.Excerpt.Shown()
}

func (d *aDesk) post(who *desktest.Person, fields ...string) desktest.Answer {
	d.T.Helper()
	return who.Post(d.page, append([]string{"version", fmt.Sprint(d.issue().Version), "from", "arrange"}, fields...))
}

// sentence gives the words of a sentence, counted from 1.
func (d *aDesk) sentence(n int) string {
	return d.body.Slice(prose.Sentences(d.body)[n-1]).Text()
}

func TestLook(t *testing.T) {
	d := newDesk(t)
	b := desktest.NewBrowser(t)
	for _, width := range []int64{1280, 375} {
		for _, dark := range []bool{false, true} {
			tab := b.Tab(d.Desk, "ann", width)
			tab.Dark(dark)
			tab.Open(d.Site.Base + d.page)
			tab.Clean("look")
			tab.Shot(fmt.Sprintf("trim-%d-%v", width, dark))
		}
	}
	_ = strings.TrimSpace
}
