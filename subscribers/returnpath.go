package subscribers

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"strings"
	"sync"
)

// ReturnPath makes and reads the envelope senders of mails: variable envelope return
// paths, by which a bounce tells what it is about whatever else is in it. Each is an
// address "bounce+TOKEN@Domain", whose token carries the ids and an HMAC of them under
// the publication's salt. So it is unguessable, needs no row of its own, and is known
// again after a restore.
type ReturnPath struct {
	Domain string // where bounces are received
	Salt   []byte // the publication's
}

// Returned is what a return path tells: the mail, and whom it was to.
type Returned struct {
	IssueID      int64 // of a delivery; 0 for a letter
	LetterID     int64 // of a letter; 0 for a delivery
	SubscriberID int64
}

// returnMark begins the local part of every return path. With the longest token it
// has 63 octets, one less than a local part may have (RFC 5321, 4.5.3.1.1).
const returnMark = "bounce+"

// What a token is about, its first byte.
const (
	returnsDelivery = 1
	returnsLetter   = 2
)

// macLength is how many bytes of the HMAC a token has: 128 bits.
const macLength = 16

// For gives the return path of a mail.
func (p ReturnPath) For(r Returned) string { return p.address(p.hash(), r) }

// Maker gives [ReturnPath.For] for many mails, at a fraction of its cost. What it gives
// may be called from several goroutines.
func (p ReturnPath) Maker() func(Returned) string {
	pool := sync.Pool{New: func() any { return p.hash() }}
	return func(r Returned) string {
		h := pool.Get().(hash.Hash)
		defer pool.Put(h)
		return p.address(h, r)
	}
}

func (p ReturnPath) address(h hash.Hash, r Returned) string {
	kind, id := byte(returnsDelivery), r.IssueID
	if r.LetterID != 0 {
		kind, id = returnsLetter, r.LetterID
	}
	b := make([]byte, 0, 1+2*binary.MaxVarintLen64+sha256.Size)
	b = append(b, kind)
	b = binary.AppendUvarint(b, uint64(id))
	b = binary.AppendUvarint(b, uint64(r.SubscriberID))
	n := len(b)
	b = appendMAC(b, h, b)[:n+macLength]
	text := make([]byte, 0, len(returnMark)+tokenAlphabet.EncodedLen(len(b))+1+len(p.Domain))
	text = append(text, returnMark...)
	text = tokenAlphabet.AppendEncode(text, b)
	text = append(text, '@')
	return string(append(text, p.Domain...))
}

func (p ReturnPath) hash() hash.Hash { return hmac.New(sha256.New, p.Salt) }

// returnUse keeps these HMACs apart from all others under the salt.
var returnUse = []byte("return path\x00")

// appendMAC appends the HMAC of ids.
func appendMAC(dst []byte, h hash.Hash, ids []byte) []byte {
	h.Reset()
	h.Write(returnUse)
	h.Write(ids)
	return h.Sum(dst)
}

// Read reads a return path, in whatever letter case; what a server put before it, as
// BATV and SRS do, is passed over. The token must end where the domain begins, and the
// domain, which SRS puts before the token, be that of p if p has one. ok is false for what
// is none, or is not of this publication. The HMAC is compared in constant time.
func (p ReturnPath) Read(address string) (r Returned, ok bool) {
	before, text, found := strings.Cut(strings.ToLower(address), returnMark)
	text, domain, whole := strings.Cut(text, "@")
	if !found || !whole || p.Domain != "" && strings.TrimRight(domain, ">. ") != strings.ToLower(p.Domain) &&
		!(strings.HasPrefix(strings.TrimLeft(before, "< "), "srs") && strings.HasSuffix(before, "="+strings.ToLower(p.Domain)+"=")) {
		return r, false
	}
	b, err := tokenAlphabet.DecodeString(text)
	if err != nil || tokenAlphabet.EncodeToString(b) != text || len(b) < 3+macLength || len(b) > 1+2*binary.MaxVarintLen64+macLength {
		return r, false
	}
	ids, given := b[:len(b)-macLength], b[len(b)-macLength:]
	if !hmac.Equal(appendMAC(nil, p.hash(), ids)[:macLength], given) {
		return r, false
	}
	id, n := binary.Uvarint(ids[1:])
	if n <= 0 {
		return r, false
	}
	subscriber, m := binary.Uvarint(ids[1+n:])
	if m <= 0 || 1+n+m != len(ids) {
		return r, false
	}
	r.SubscriberID = int64(subscriber)
	switch ids[0] {
	case returnsDelivery:
		r.IssueID = int64(id)
	case returnsLetter:
		r.LetterID = int64(id)
	default:
		return Returned{}, false
	}
	return r, true
}

// IsReturnPath tells whether an address looks like the return path of some
// publication.
func IsReturnPath(address string) bool {
	return strings.Contains(strings.ToLower(address), returnMark)
}

// unsubscribeMark begins the local part of the address that ends a subscription.
const unsubscribeMark = "unsubscribe+"

// UnsubscribeAddress is the address to which a mail ends the subscription of a token
// (RFC 2369, 3.2).
func UnsubscribeAddress(token, domain string) string { return unsubscribeMark + token + "@" + domain }

// UnsubscribeToken finds the token in such an address.
func UnsubscribeToken(address string) (token string, ok bool) {
	_, text, found := strings.Cut(strings.ToLower(address), unsubscribeMark)
	if !found || len(text) < TokenLength {
		return "", false
	}
	token = text[:TokenLength]
	_, ok = TokenKey(token)
	return token, ok && (len(text) == TokenLength || text[TokenLength] == '@')
}
