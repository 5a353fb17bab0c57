<?php

declare(strict_types=1);

if (is_file('/usr/share/php/Illuminate/Database/autoload.php')) {
    require_once '/usr/share/php/Illuminate/Database/autoload.php';
}
