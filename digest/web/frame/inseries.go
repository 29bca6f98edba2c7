package frame

import (
	"fmt"
	"net/http"
	"strings"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/site"
	"postbag/templates/screen"
)

// inSeries lets a handler know the series of the issue that an address names without one:
// the page may be older than the second series. Where several have that number, it offers
// the choice.
func (f *Frame) inSeries(do Handler) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		ref, err := Issue(r)
		if r.PathValue("issue") == "" || err != nil || ref.Series != "" || f.o.Numbered == nil || f.o.Series == nil {
			return do(w, r)
		}
		all, err := f.o.Series(r.Context())
		if err != nil {
			return err
		}
		if len(all) < 2 {
			return do(w, r)
		}
		found, err := f.o.Numbered(r.Context(), ref.Number)
		switch {
		case err != nil:
			return err
		case len(found) == 1:
			return do(w, withSeries(r, found[0].Series.Slug))
		case len(found) > 1:
			return f.chooseSeries(w, r, found)
		}
		return do(w, r)
	}
}

// withSeries gives a request whose address names a series.
func withSeries(r *http.Request, slug string) *http.Request {
	r = r.Clone(r.Context())
	query := r.URL.Query()
	query.Set(site.SeriesQuery, slug)
	r.URL.RawQuery = query.Encode()
	return r
}

// chooseSeries offers the issues that an address can mean: the same page of each, or,
// where something was to be done, what was typed beside them.
func (f *Frame) chooseSeries(w http.ResponseWriter, r *http.Request, found []desk.InSeries) error {
	here, _ := r.Context().Value(hereKey).(site.Page)
	number := found[0].Issue.Number
	cause := digest.Fail(digest.Conflict, "Choose the one that you mean.", "several series have an issue %d", number)
	if r.PathValue("issue") == "draft" {
		cause = digest.Fail(digest.Conflict, "Choose the one that you mean.", "several series have a draft")
	}
	if r.Method == http.MethodPost {
		cause.Hint = "Nothing was done. Open the one that you mean, and do it there."
	}
	problem := f.Problem(r.Context(), cause)
	problem.Title = "Which series?"
	for _, c := range found {
		address := f.o.Site.Desk(screenOf(here), c.Series.Slug, c.Issue.Number)
		if r.Method != http.MethodPost {
			query := r.URL.Query()
			query.Set(site.SeriesQuery, c.Series.Slug)
			address = f.o.Site.Path(filled(here, r)) + "?" + query.Encode()
		}
		problem.Acts = append(problem.Acts, screen.Link{Label: fmt.Sprintf("%s (%s)", c.Issue.Title, c.Series.Name), Address: address})
	}
	if IsPart(r) {
		f.failPart(w, http.StatusConflict, problem)
		return nil
	}
	if r.Method != http.MethodPost {
		return f.ShowAs(w, r, http.StatusMultipleChoices, *problem)
	}
	f.keepTyped(r, problem)
	return f.ShowAs(w, r, http.StatusConflict, *problem)
}

// filled gives the page that a request asks for, with the parts in braces as it has them.
func filled(p site.Page, r *http.Request) site.Page {
	parts := strings.Split(string(p), "/")
	for i, part := range parts {
		if name, is := strings.CutPrefix(part, "{"); is {
			parts[i] = r.PathValue(strings.TrimSuffix(name, "}"))
		}
	}
	return site.Page(strings.Join(parts, "/"))
}

// screenOf gives the screen of an issue that a form belongs to, by where it is sent.
func screenOf(p site.Page) site.Page {
	for _, s := range []site.Page{site.ArrangeScreen, site.CheckScreen, site.SendScreen} {
		if strings.HasPrefix(string(p), string(s)) {
			return s
		}
	}
	return site.ReadScreen
}
