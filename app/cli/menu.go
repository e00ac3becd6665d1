package cli

import (
	_ "embed"
	"encoding/json"
	"fmt"

	"airloom/app/desktop"
)

// menuText is the menu bar as data: the interface's table of actions, written by its tests (frontend/src/shell/menubar.test.ts).
// The toolkit wants the bar before there is a page that could tell it.
//
//go:embed menu.json
var menuText []byte

func menuBar() ([]desktop.MenuItem, error) {
	var bar []desktop.MenuItem
	if err := json.Unmarshal(menuText, &bar); err != nil {
		return nil, fmt.Errorf("reading the menu: %w", err)
	}
	return bar, nil
}
