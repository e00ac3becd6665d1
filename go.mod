module airloom

go 1.26
