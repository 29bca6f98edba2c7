package account

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// DeviceLife is how long a browser is known to have been signed in.
const DeviceLife = 365 * 24 * time.Hour

// mostDevice bounds what a browser may say it is known by, in bytes.
const mostDevice = 200

// Device makes what a browser is known by in which an editor has just signed in: the
// account, random bytes and an end, signed under a key of the publication together
// with the account's epoch. Nothing of it is stored.
func (s *Service) Device(ctx context.Context, editorID int64) (string, error) {
	a, err := s.store.Account(ctx, editorID)
	if err != nil {
		return "", err
	}
	key, err := s.deviceKey(ctx)
	if err != nil {
		return "", err
	}
	nonce := make([]byte, 16)
	rand.Read(nonce)
	words := fmt.Sprintf("%d.%s.%d", a.ID, base64.RawURLEncoding.EncodeToString(nonce), s.clock.Now().Add(DeviceLife).Unix())
	return words + "." + deviceSeal(key, words, a), nil
}

func (s *Service) deviceKey(ctx context.Context) ([]byte, error) {
	pub, err := s.store.Publication(ctx)
	return signed(pub.Salt, []byte("browsers that were signed in")), err
}

func deviceSeal(key []byte, words string, of Account) string {
	return base64.RawURLEncoding.EncodeToString(signed(key, fmt.Appendf(nil, "%s.%d", words, of.Epoch)))
}

// deviceOf gives what the attempts of a browser are counted by that was signed in to an
// account before; "" for one that was not, whatever it says.
func (s *Service) deviceOf(ctx context.Context, said string, of Account) (string, error) {
	if said == "" || len(said) > mostDevice || of.ID == 0 {
		return "", nil
	}
	parts := strings.Split(said, ".")
	if len(parts) != 4 || parts[0] != strconv.FormatInt(of.ID, 10) {
		return "", nil
	}
	key, err := s.deviceKey(ctx)
	if err != nil {
		return "", err
	}
	if !hmac.Equal([]byte(parts[3]), []byte(deviceSeal(key, strings.Join(parts[:3], "."), of))) {
		return "", nil
	}
	if until, err := strconv.ParseInt(parts[2], 10, 64); err != nil || s.clock.Now().Unix() >= until {
		return "", nil
	}
	return parts[1], nil
}
