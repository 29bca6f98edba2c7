package reading

import (
	"fmt"
	"net/http"
	"strings"

	"postbag/digest/prose"
	"postbag/digest/reading"
	"postbag/digest/site"
	"postbag/digest/web/frame"
	"postbag/templates/screen"
)

// voices shows whose voices the picks of an issue leave out.
func (a Area) voices(w http.ResponseWriter, r *http.Request) error {
	ref, err := frame.Issue(r)
	if err != nil {
		return err
	}
	v, err := a.Desk.Voices(r.Context(), ref)
	if err != nil {
		return err
	}
	series, err := a.Desk.Series(r.Context(), ref.Series)
	if err != nil {
		return err
	}
	page := screen.Voices{Issue: v.Issue.Title, Arrange: a.at(site.ArrangeScreen, ref), Often: strings.Join(v.Often, ", "), More: v.Newcomers - len(v.FirstTime)}
	if v.Off {
		page.Off = a.Site().Desk(site.SuggestPage, series.Slug)
	}
	for _, p := range v.Posts {
		page.Posts = append(page.Posts, screen.Link{Label: p.Title, Address: a.address(ref, reading.View{Post: p.ID}), Note: fmt.Sprintf("%d comments", p.Comments)})
	}
	for _, c := range v.FirstTime {
		page.FirstTime = append(page.FirstTime, screen.Voice{
			Author: author(c.Comment), When: a.when(series, c.DatedAt()), Begins: "“" + prose.Quote(c.Body, parentLine) + "”",
			Address: a.onComment(ref, reading.View{Thread: c.ID}, c.ID),
		})
	}
	return a.Show(w, frame.OnIssue(r, ref), page)
}
