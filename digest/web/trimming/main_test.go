package trimming_test

import (
	"os"
	"testing"

	"postbag/digest/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Pooled{Tests: m}.Run()) }
