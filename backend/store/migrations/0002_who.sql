-- Who made a change: the user's name on their machine; "" for changes of before. A row's hash covers it where it is not "".
ALTER TABLE journal ADD COLUMN who TEXT NOT NULL DEFAULT '';
