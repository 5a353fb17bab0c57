<?php

declare(strict_types=1);

namespace WHMCS\Database;

/** WHMCS's name of Illuminate's database manager. */
class Capsule extends \Illuminate\Database\Capsule\Manager
{
}
