package feed

import (
	"errors"
	"reflect"

	"postbag/digest/charset"
)

// Surveys looks at a body as plain XML and with gofeed's decoder, and tells whether
// it is plain, and whether both found the same.
func Surveys(body []byte, contentType string) (plain, same bool) {
	text := withoutStrangeName(charset.Decode(withoutLead(body), contentType))
	quick, errQuick := lookBy((*walk).plainly, text)
	slow, errSlow := lookBy((*walk).all, text)
	slow.until = quick.until
	return !errors.Is(errQuick, errNotPlain), reflect.DeepEqual(quick, slow) && errors.Is(errSlow, errQuick)
}
