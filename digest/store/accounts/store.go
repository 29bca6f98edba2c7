// Package accounts keeps who may work at the desk: editors, their passkeys, the links
// that lead in, the attempts to get in, and the sessions.
package accounts

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"

	"postbag/digest"
	"postbag/digest/store/database"
	"postbag/subscribers"
)

// Store keeps the accounts.
type Store struct{ *database.DB }

// visitor is somebody at the door.
var visitor = digest.Actor{Kind: digest.ByVisitor}

// tokenHash is what a session's token is kept as. It has more than 128 random bits, so
// a plain hash cannot be tried out.
func tokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// linkHash is what a link's token is kept as; it gives "" for what cannot be a token,
// which no row has.
func linkHash(token string) string {
	key, _ := subscribers.TokenKey(token)
	return key
}

// accountHash is what attempts for an address are counted by: the address may be no
// account's, and is nobody's business then.
func accountHash(t *database.Tx, key string) (string, error) {
	var salt []byte
	if _, err := t.One([]any{&salt}, `SELECT salt FROM publication WHERE id = 1`); err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, salt)
	mac.Write([]byte("account "))
	mac.Write([]byte(key))
	return hex.EncodeToString(mac.Sum(nil)), nil
}
