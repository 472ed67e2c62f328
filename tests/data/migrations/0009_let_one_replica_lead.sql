UPDATE leader SET holder = 'one', beat = 7 WHERE id = 1;
