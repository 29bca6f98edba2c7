package pull

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"postbag/digest"
)

// Fetcher is what pulling asks of the network.
type Fetcher interface {
	// Get fetches an address, following redirects. A 2xx answer gives its whole
	// body and a 304 gives NotModified; any other status is an error that wraps a
	// [StatusError]. An address that a rule of safety refuses is an error of kind
	// Forbidden, and nothing was sent.
	Get(ctx context.Context, req Request) (*Response, error)
}

// Request is one GET.
type Request struct {
	URL string
	// Validators make the request conditional where it comes to the address that gave
	// them: on the way there, and elsewhere, they are not sent. Without an address they
	// are those of URL.
	digest.Validators
	Accept string // the Accept field; empty means anything
	// Most is how many requests the answer may take, redirects included; 0 leaves
	// it to the fetcher. Made, when not nil, is raised by how many were made, also when
	// they led to no answer.
	Most int
	Made *int
}

// ErrMost is wrapped by the error of a request that would have taken more than
// [Request.Most].
var ErrMost = errors.New("that would be one request too many")

// Response is a good answer.
type Response struct {
	Status      int
	NotModified bool   // 304: the body is empty and nothing has changed
	Body        []byte // unpacked
	URL         string // where the answer came from, after redirects
	ContentType string
	// Validators are those received, with URL as where they came from.
	digest.Validators
	// CacheMaxAge is how long the server says the answer stays fresh, by
	// Cache-Control or Expires; 0 when it does not say.
	CacheMaxAge time.Duration
	// Listed is how many entries the listing has of which the answer is a page, as
	// WordPress's REST API says it (X-WP-Total); 0 when it does not.
	Listed int
	// Moved is where the address has moved for good (301 or 308 from the
	// start), else "".
	Moved string
}

// StatusError is an answer whose status says that it is none.
type StatusError struct {
	Host   string // as asked for
	At     string // whom it speaks for: the host and port, see [identity.Server]
	Status int
	// RetryAfter is how long the server is to be left alone, because it asks for that or
	// is too busy; 0 for no time.
	RetryAfter time.Duration
}

// Error says what the host answered.
func (e *StatusError) Error() string {
	if text := http.StatusText(e.Status); text != "" {
		return fmt.Sprintf("%s answers %d %s", e.Host, e.Status, text)
	}
	return fmt.Sprintf("%s answers %d", e.Host, e.Status)
}

// StatusOf gives the status of an answer that was none, 0 for other errors.
func StatusOf(err error) int {
	if e, ok := errors.AsType[*StatusError](err); ok {
		return e.Status
	}
	return 0
}
