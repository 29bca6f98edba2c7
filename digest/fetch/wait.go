package fetch

import (
	"net/http"
	"net/url"
	"time"
)

// What a host is left alone for that is too busy and does not say for how long:
// doubled with each answer of this kind in a row.
const (
	busyWait    = time.Minute
	maxBusyWait = time.Hour
)

// asksToWait tells how long an answer closes its host, 0 if it does not, and whether it
// asks for that in a way that can be read. A random tenth more than what is asked for is waited, so that not all who were
// sent away at one moment come back at one moment. Only what the operator's own
// hosts say counts for them, and nothing is added. The caller holds the gate.
func (c *Client) asksToWait(gt *gate, u *url.URL, resp *http.Response) (wait time.Duration, asked bool) {
	value, said := resp.Header.Get("Retry-After"), len(resp.Header.Values("Retry-After")) > 0
	own := c.opts.Allow.named(u)
	now := c.opts.Clock.Now()
	switch status := resp.StatusCode; {
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable && said:
		asked = isRetryAfter(value, now)
		wait = max(time.Second, ParseRetryAfter(value, now))
	case status == http.StatusServiceUnavailable && !own:
		wait = min(busyWait<<min(gt.refusals, 10), maxBusyWait)
		gt.refusals++
	default:
		gt.refusals = 0
		return 0, false
	}
	if !own {
		wait += time.Duration(c.opts.Random() * float64(max(wait/10, time.Second)))
	}
	return min(wait, MaxWait), asked
}

// validator gives a validator as it was received, or "" for one that could be
// neither stored nor sent back as it is.
func validator(value string) string {
	if len(value) > maxValidator {
		return ""
	}
	for i := 0; i < len(value); i++ {
		if value[i] < ' ' || value[i] >= 0x7F {
			return ""
		}
	}
	return value
}
