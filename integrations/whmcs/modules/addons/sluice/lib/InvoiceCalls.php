<?php

declare(strict_types=1);

namespace Sluice\Whmcs\Addon;

use Sluice\Whmcs\Api;
use Sluice\Whmcs\ApiError;
use Sluice\Whmcs\Connection;
use Sluice\Whmcs\Data;
use Sluice\Whmcs\Keys;
use Sluice\Whmcs\Text;
use Throwable;
use WHMCS\Database\Capsule;

/**
 * Asks for the calls of a new invoice, so that its mail has them. Sluice finds the lines and bills each period once; what is not done
 * in time is done by its next run.
 */
final class InvoiceCalls
{
    private const SECONDS = 10;

    /** Answers that say that there is nothing to bill. */
    private const NOTHING = ['wrong_invoice', 'unsupported'];

    /** Answers that another run does not change. */
    private const FOR_STAFF = [
        'calls_not_configured', 'bill_doubled', 'amount_differs', 'invoice_closed', 'currency_mismatch', 'other_writer',
        'line_conflict', 'line_shared', 'billing_type_changed', 'bill_from_missing', 'unknown_product', 'other_billing',
        'client_closed', 'no_client', 'bad_amount', 'negative_total', 'conflicting_records', 'other_currency',
        'unreadable_record',
    ];

    /** After a failure of the connection the other invoices of the same run of WHMCS are not waited for. */
    private static bool $isDown = false;

    /**
     * Adds the calls to an invoice. A failure is a line of the activity log, never of WHMCS.
     *
     * @param array<array-key, mixed> $vars of `InvoiceCreation`
     */
    public static function add(array $vars): void
    {
        try {
            $invoice = (new Data($vars))->whole('invoiceid');
            if ($invoice !== null && !self::$isDown && self::isOfService($invoice)) {
                self::bill($invoice);
            }
        } catch (Throwable $error) {
            self::report((new Data($vars))->text('invoiceid'), Text::failure($error));
        }
    }

    /** Invoices without a service, such as those that Sluice itself makes, are none of its business. */
    private static function isOfService(int $invoice): bool
    {
        return Capsule::table('tblinvoiceitems')->where('invoiceid', $invoice)->where('type', 'Hosting')->exists();
    }

    private static function bill(int $invoice): void
    {
        try {
            // The API bills a period once, whatever its key is; a key of its own lets a repeated hook see what is new.
            $key = Keys::fresh("invoice-$invoice", 'bill');
            $answer = (new Api(Connection::ofAddon(), self::SECONDS))->post('/calls/bill', ['invoice' => (string) $invoice], $key);
        } catch (ApiError $error) {
            self::$isDown = !$error->isOfSluice();
            if (!in_array($error->reason, self::NOTHING, true)) {
                self::report((string) $invoice, Text::failure($error), $error->reason);
            }
            return;
        }
        foreach ((new Data($answer))->items('bills') as $bill) {
            if ($bill->text('state') === 'failed') {
                $error = $bill->at('error');
                $what = rtrim(Text::sentence("{$bill->text('service')}: {$error->text('message')}"), '. ');
                self::report((string) $invoice, "$what.", $error->text('code'));
            }
        }
    }

    private static function report(string $invoice, string $what, string $code = ''): void
    {
        $next = match (true) {
            $code === 'outcome_unknown' => " If it does not have them in ten minutes, run \"sluice call bill --invoice $invoice --resend\".",
            in_array($code, self::FOR_STAFF, true) => '',
            default => ' The next run of "sluice call bill" goes on with them.',
        };
        try {
            logActivity("Sluice: calls of invoice $invoice: $what$next");
        } catch (Throwable) {
            // An invoice is made all the same.
        }
    }
}
