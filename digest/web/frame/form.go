package frame

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"postbag/digest"
	"postbag/digest/site"
)

const assetPage = site.DeskAsset

// Form is what was posted.
type Form struct{ url.Values }

// ReadForm reads a form's fields from the body, urlencoded or multipart without files.
// What stands in the query never counts as a field. Of a body that is too long the fields
// are kept that came, for the page that says so.
func ReadForm(r *http.Request) (Form, error) {
	var came bytes.Buffer
	if r.Body != nil && r.PostForm == nil {
		r.Body = struct {
			io.Reader
			io.Closer
		}{io.TeeReader(r.Body, &came), r.Body}
	}
	err := r.ParseForm() // ParseMultipartForm would keep its errors to itself
	if err == nil {
		if err = r.ParseMultipartForm(MaxForm); errors.Is(err, http.ErrNotMultipart) {
			err = nil
		}
	}
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "application/x-www-form-urlencoded" {
			r.PostForm, _ = url.ParseQuery(whole(came.String()))
		}
		return Form{}, err
	}
	if err != nil {
		return Form{}, digest.Fail(digest.Invalid, "Send it again from the page.", "the form could not be read")
	}
	return Form{r.PostForm}, nil
}

// whole leaves out an escape that was cut in two.
func whole(text string) string {
	if at := strings.LastIndexByte(text, '%'); at >= 0 && at > len(text)-3 {
		return text[:at]
	}
	return text
}

// Text gives a field without white space around it.
func (f Form) Text(name string) string { return strings.TrimSpace(f.Get(name)) }

// Number gives a field that is a whole number; 0 where it is empty or none.
func (f Form) Number(name string) int64 {
	n, err := strconv.ParseInt(f.Text(name), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// Is tells whether a box is ticked.
func (f Form) Is(name string) bool { return f.Get(name) != "" }

// Numbers gives all values of a field that are whole numbers.
func (f Form) Numbers(name string) (all []int64) {
	for _, v := range f.Values[name] {
		if n, err := strconv.ParseInt(v, 10, 64); err == nil {
			all = append(all, n)
		}
	}
	return all
}
