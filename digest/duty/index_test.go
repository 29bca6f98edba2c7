package duty_test

import (
	"context"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/prose"
	"postbag/digest/pull"
	"postbag/digest/pull/poll"
)

// stores stores a comment as a pull would.
func (o *office) stores(guid, text string) error {
	page := pull.Page{SourceID: 1, Seen: o.Clock.Now(), Comments: []digest.Comment{{GUID: guid, PostRef: "p", Author: "Ines",
		Published: o.Clock.Now(), Hash: guid, Words: prose.CountWords(text), Body: digest.Plain(text)}}}
	_, err := o.DB.StorePage(context.WithoutCancel(o.Context()), page)
	return err
}

// finds tells how many comments have a word, and how many entries are not indexed.
func (o *office) finds(word string) (found, waiting int) {
	o.Helper()
	all, err := o.Desk.SearchComments(o.Context(), word, digest.SearchFilter{})
	o.Must(err)
	return len(all.All), all.Waiting
}

// TestIndexFollows: searching writes nothing; the duty indexes what was stored, and
// so does a pull at its end.
func TestIndexFollows(t *testing.T) {
	o := newOffice(t)
	o.Clock.Set(sunday.Add(-7 * 24 * time.Hour))
	o.worker.Pull = func(ctx context.Context, _ int64) (poll.Report, error) {
		for index, _ := o.DB.Duty(ctx, "index"); index.Runs == 0 && ctx.Err() == nil; index, _ = o.DB.Duty(ctx, "index") {
			o.Clock.Sleep(ctx, 10*time.Millisecond) // until the duty has run, and will not in the next minute
		}
		var report poll.Report
		report.Entries = 1
		return report, o.stores("pulled", "A tram came instead.")
	}
	o.Must(o.stores("stored", "A ferry, of all things."))
	for range 2 {
		if found, waiting := o.finds("ferry"); found != 0 || waiting == 0 {
			t.Errorf("before anything is indexed %d are found and %d wait", found, waiting)
		}
	}
	o.work()
	o.eventually("the duty has indexed", func() bool { found, _ := o.finds("ferry"); return found == 1 })
	o.eventually("a pull has indexed", func() bool {
		d, err := o.DB.Duty(o.Context(), "pull:1")
		o.Must(err)
		found, _ := o.finds("tram")
		return d.Runs > 0 && found == 1
	})
	index, err := o.DB.Duty(o.Context(), "index")
	o.Must(err)
	if index.Runs > 1 {
		t.Errorf("the duty ran %d times, and may have done what the pull should", index.Runs)
	}
}
