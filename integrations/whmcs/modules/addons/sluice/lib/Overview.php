<?php

declare(strict_types=1);

namespace Sluice\Whmcs\Addon;

use Sluice\Whmcs\Api;
use Sluice\Whmcs\ApiError;
use Sluice\Whmcs\Connection;
use Sluice\Whmcs\Page;
use Sluice\Whmcs\Refusal;
use Sluice\Whmcs\Text;

/** The operator's overview, for staff. */
final class Overview
{
    private const SECONDS = 10;

    /** Returns the page as HTML. */
    public static function html(): string
    {
        $problem = '';
        $variables = Page::read('overview', static function () use (&$problem): array {
            try {
                return (new Api(Connection::ofAddon(), self::SECONDS))->get('/embedded/overview');
            } catch (ApiError | Refusal $error) {
                $problem = Text::failure($error);
                throw $error;
            }
        })->variables();
        $html = '<link rel="stylesheet" href="../modules/servers/sluice/assets/sluice.css"><div class="sluice">';
        if ($variables['fault'] !== '') {
            $html .= '<div class="alert alert-warning" role="status">' . Text::html(trim("{$variables['fault']} $problem")) . '</div>';
        }
        foreach ($variables['parts'] as $part) {
            $title = $part['title'] === '' ? '' : '<h2 dir="auto">' . Text::html($part['title']) . '</h2>';
            $html .= '<section class="sluice-part" id="sluice-' . Text::html($part['id']) . "\">$title{$part['html']}</section>";
        }
        return $html . '</div>';
    }
}
