package site

import (
	"net/url"
	"strconv"
	"strings"
)

// Settle gives the address of the page that asks about an issue's mails in a state
// whether they are to become what a verdict says: all of them, or one reader's where an
// id is given.
func (s Site) Settle(series string, issue int, state, verdict string, reader int64) string {
	address := s.Desk(SettleMails, series, issue)
	query := url.Values{"state": {state}, "as": {verdict}}
	if reader != 0 {
		query.Set("reader", strconv.FormatInt(reader, 10))
	}
	joint := "?"
	if strings.Contains(address, "?") {
		joint = "&"
	}
	return address + joint + query.Encode()
}
